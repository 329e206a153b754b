/** The official Go SDK, `github.com/huaweicloud/huaweicloud-sdk-go-v3`. */
import { tryPrinted } from './documented.ts';
import { driveClient } from './drive.ts';
import { goClient } from './installations.ts';

const client = goClient('sdk');
driveClient('the Go SDK', client);
tryPrinted('Go', 'go', 'main.go', client, ({ source }, path) => `cd ${source} && go run ${path}`);
