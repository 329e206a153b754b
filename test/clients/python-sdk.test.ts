/** The official Python SDK, `huaweicloudsdkelb` of PyPI. */
import { tryPrinted } from './documented.ts';
import { driveClient } from './drive.ts';
import { pythonClient } from './installations.ts';

const client = pythonClient('python-sdk');
driveClient('the Python SDK', client);
tryPrinted('Python', 'python', 'example.py', client, ({ target }, path) => `${target}/bin/python ${path}`);
