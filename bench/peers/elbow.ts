/** Elbow: a load balancer, listener, pool and member made through its API. */
import { ElbowInstallation } from '../support/elbow-installation.ts';
import { untilAnswered } from '../support/sockets.ts';
import { ownVersion } from '../support/versions.ts';
import type { Peer } from './peer.ts';

const protocols = { http: 'HTTP', https: 'HTTPS', tcp: 'TCP' } as const;

export const elbow: Peer = {
  name: 'elbow',
  version: ownVersion(),
  start: async ({ workshop, mode, memberPort }) => {
    const installation = await ElbowInstallation.start(workshop);
    const listening = await installation.listen(protocols[mode]);
    await installation.addMembers(listening, [{ address: '127.0.0.1', protocol_port: memberPort }]);
    const { host, port } = listening;
    await untilAnswered(host, port, { isSecure: mode === 'https' });
    return {
      host,
      port,
      pid: installation.proxyPid,
      controlPid: installation.pid,
      [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
    };
  },
};
