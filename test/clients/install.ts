/** Installs every client that the tests drive, so that the tests find them: `npm run clients`. */
import { goClient, install, javaClient, pythonClient } from './installations.ts';

const clients = [
  ...[pythonClient('python-sdk'), pythonClient('otcextensions'), goClient('sdk'), goClient('otc')],
  javaClient('java-sdk'),
];

for (const client of clients) {
  const startedAt = performance.now();
  await install(client);
  console.log(`${client.name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
