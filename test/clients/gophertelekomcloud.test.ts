/** The Go SDK under Terraform's provider for OTC, `github.com/opentelekomcloud/gophertelekomcloud`. */
import { tryPrinted } from './documented.ts';
import { driveClient } from './drive.ts';
import { goClient } from './installations.ts';

const client = goClient('otc');
driveClient('gophertelekomcloud', client);
tryPrinted('Go for OTC', 'go', 'main.go', client, ({ source }, path) => `cd ${source} && go run ${path}`);
