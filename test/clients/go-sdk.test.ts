/** The official Go SDK, `github.com/huaweicloud/huaweicloud-sdk-go-v3`. */
import { driveClient } from './drive.ts';
import { goClient } from './installations.ts';

driveClient('the Go SDK', goClient('sdk'));
