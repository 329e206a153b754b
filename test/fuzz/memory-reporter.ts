/**
 * Imported into a process that is watched (`node --import`): at SIGUSR2 it collects all garbage and writes what
 * memory it has left, as a line of JSON on standard error.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  collectGarbage();
  collectGarbage();
  const { heapUsed, rss, external } = process.memoryUsage();
  process.stderr.write(`${JSON.stringify({ memory: { heapUsed, rss, external } })}\n`);
});
