/** A proxy's own metrics over HTTP, for whoever may reach the address that the operator chose. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exposition, expositionType, type Family, type Labels } from '../observe/exposition.ts';
import { processFamilies } from '../observe/process-families.ts';
import type { TrafficRow } from '../observe/traffic-counts.ts';
import { trafficFamilies } from '../observe/traffic-families.ts';
import type { Supervisor } from './supervisor.ts';

/** Starts to serve `/metrics`; rejects when the address cannot be had. */
export async function serveMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  supervisor: Supervisor,
): Promise<Server> {
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
    const isThere = request.url?.split('?', 1)[0] === '/metrics';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isThere || !isRead) {
      response.writeHead(isThere ? 405 : 404, { 'content-type': 'text/plain' });
      response.end('Only GET /metrics is served here.\n');
      return;
    }
    response.writeHead(200, { 'content-type': expositionType });
    response.end(exposition(familiesOf(supervisor)));
  });
  server.listen({ host, port });
  await once(server, 'listening');
  return server;
}

function familiesOf(supervisor: Supervisor): Family[] {
  const rows = supervisor.traffic.rows().map((row) => ({ ...row, labels: labelsOf(row) }));
  const revision = supervisor.known?.revision ?? 0;
  return [
    ...trafficFamilies(rows),
    {
      name: 'elbow_revision',
      help: 'The newest revision.',
      type: 'gauge',
      samples: [{ labels: {}, value: revision }],
    },
    ...processFamilies(),
  ];
}

/** A proxy knows no names. */
function labelsOf({ kind, id, parentId }: TrafficRow): Labels {
  switch (kind) {
    case 'listener':
      return { loadbalancer_id: parentId, listener_id: id };
    case 'pool':
      return { pool_id: id };
    case 'member':
      return { pool_id: parentId, member_id: id };
    case 'proxy':
      return {};
  }
}
