/** The official Java SDK, `com.huaweicloud.sdk:huaweicloud-sdk-elb`. */
import { tryPrinted } from './documented.ts';
import { driveClient } from './drive.ts';
import { javaClient } from './installations.ts';

const client = javaClient('java-sdk');
driveClient('the Java SDK', client);
tryPrinted('Java', 'java', 'Example.java', client, ({ target }, path) => {
  return `java -cp '${target}/libraries/*' ${path}`;
});
