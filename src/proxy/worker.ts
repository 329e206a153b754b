/** A worker thread of a proxy: one engine, told what to do by the main thread. */
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { createLogger } from '../observe/log.ts';
import { Engine } from './engine.ts';
import type { LearntId } from './udp/connection-ids.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker-messages.ts';

const { index, bindAny, logLevel } = workerData as WorkerData;
const port = parentPort;
if (!port) throw new Error('worker.ts runs only as a worker thread of a proxy');

const tell = (message: FromWorker) => port.postMessage(message);

// A client that moves may reach another worker than the one that knows its connection.
const others = new BroadcastChannel('elbow QUIC connection ids');

const engine = new Engine({
  log: createLogger(`proxy-worker-${index}`, logLevel),
  bindAny,
  onListenerState: (state) => tell({ kind: 'listener', state }),
  onConnectionId: (learnt) => others.postMessage(learnt),
});

others.onmessage = (message: unknown) => engine.learn((message as { data: LearntId }).data);
others.unref();

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'apply':
      engine.apply(message.delta);
      tell({ kind: 'applied', revision: message.delta.revision });
      break;
    case 'ticket-keys':
      engine.useTicketKeys(Buffer.from(message.keys));
      break;
    case 'drain':
      void engine.drain(message.deadlineMs).then(() => {
        tell({ kind: 'drained' });
        port.close();
      });
      break;
  }
});
