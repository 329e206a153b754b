/** `otcextensions` of PyPI, on openstacksdk. */
import { tryPrinted } from './documented.ts';
import { driveClient } from './drive.ts';
import { pythonClient } from './installations.ts';

const client = pythonClient('otcextensions');
driveClient('otcextensions', client);
tryPrinted('The openstack command line', 'sh', 'list.sh', client, ({ target }, path) => {
  return `PATH=${target}/bin:$PATH; . ${path}`;
});
