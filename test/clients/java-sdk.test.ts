/** The official Java SDK, `com.huaweicloud.sdk:huaweicloud-sdk-elb`. */
import { driveClient } from './drive.ts';
import { javaClient } from './installations.ts';

driveClient('the Java SDK', javaClient('java-sdk'));
