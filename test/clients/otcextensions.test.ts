/** `otcextensions` of PyPI, on openstacksdk. */
import { driveClient } from './drive.ts';
import { pythonClient } from './installations.ts';

driveClient('otcextensions', pythonClient('otcextensions'));
