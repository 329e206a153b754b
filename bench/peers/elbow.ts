/** Elbow: a load balancer, listener, pool and member made through its API. */
import { ElbowInstallation, type Protocol } from '../support/elbow-installation.ts';
import { ownVersion } from '../support/versions.ts';
import { type Mode, type Peer, untilServing } from './peer.ts';

const protocols: Readonly<Record<Mode, Protocol>> = {
  http: 'HTTP',
  https: 'HTTPS',
  tcp: 'TCP',
  udp: 'UDP',
};

export const elbow: Peer = {
  name: 'elbow',
  version: ownVersion(),
  start: async ({ workshop, mode, memberPort }) => {
    const installation = await ElbowInstallation.start(workshop);
    const listening = await installation.listen(protocols[mode]);
    await installation.addMembers(listening, [{ address: '127.0.0.1', protocol_port: memberPort }]);
    const { host, port } = listening;
    await untilServing(mode, host, port);
    return {
      host,
      port,
      pid: installation.proxyPid,
      controlPid: installation.pid,
      [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
    };
  },
};
