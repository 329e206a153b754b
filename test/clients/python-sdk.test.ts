/** The official Python SDK, `huaweicloudsdkelb` of PyPI. */
import { driveClient } from './drive.ts';
import { pythonClient } from './installations.ts';

driveClient('the Python SDK', pythonClient('python-sdk'));
