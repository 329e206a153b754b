/** The Go SDK under Terraform's provider for OTC, `github.com/opentelekomcloud/gophertelekomcloud`. */
import { driveClient } from './drive.ts';
import { goClient } from './installations.ts';

driveClient('gophertelekomcloud', goClient('otc'));
