/** A worker thread of a proxy: one engine, told what to do by the main thread. */
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { createLogger } from '../observe/log.ts';
import { LineBuffer } from './access-log/line-buffer.ts';
import { Engine } from './engine.ts';
import type { LearntId } from './udp/connection-ids.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker-messages.ts';

const { index, bindAny, logLevel } = workerData as WorkerData;
const port = parentPort;
if (!port) throw new Error('worker.ts runs only as a worker thread of a proxy');

/** How often the counters are told: so much of them is lost with a worker that dies. */
const trafficIntervalMs = 2000;

const tell = (message: FromWorker) => port.postMessage(message);

// A client that moves may reach another worker than the one that knows its connection.
const others = new BroadcastChannel('elbow QUIC connection ids');

const lines = new LineBuffer((chunk) => tell({ kind: 'access-log', chunk }));

/** The revision to tell of once its listeners listen: only then it is what clients meet. */
let untold: number | null = null;

function tellApplied(): void {
  if (untold === null || !engine.isSettled) return;
  tell({ kind: 'applied', revision: untold });
  untold = null;
}

const engine = new Engine({
  log: createLogger(`proxy-worker-${index}`, logLevel),
  bindAny,
  onListenerState: (state) => {
    tell({ kind: 'listener', state });
    tellApplied();
  },
  onAccess: (line) => lines.write(line),
  onConnectionId: (learnt) => others.postMessage(learnt),
});

others.onmessage = (message: unknown) => engine.learn((message as { data: LearntId }).data);
others.unref();

function tellTraffic(): void {
  const rows = engine.takeTraffic();
  if (rows.length > 0) tell({ kind: 'traffic', rows });
}

setInterval(tellTraffic, trafficIntervalMs).unref();

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'apply':
      engine.apply(message.delta);
      untold = message.delta.revision;
      tellApplied();
      break;
    case 'ticket-keys':
      engine.useTicketKeys(Buffer.from(message.keys));
      break;
    case 'logged':
      lines.acknowledge();
      break;
    case 'drain':
      void engine.drain(message.deadlineMs).then(() => {
        tellTraffic();
        lines.flush();
        tell({ kind: 'drained' });
        port.close();
      });
      break;
  }
});
