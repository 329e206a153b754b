/** Elbow with a listener that has many l7 policies, one for each host; requests are for the host of the last. */
import { ElbowInstallation } from '../support/elbow-installation.ts';
import { untilAnswered } from '../support/sockets.ts';
import { ownVersion } from '../support/versions.ts';
import type { Peer } from './peer.ts';

/** @param count how many policies */
export function elbowWithPolicies(count: number): Peer {
  return {
    name: `elbow, ${count.toLocaleString('en')} host rules,`,
    version: ownVersion(),
    lacks: (mode) => (mode === 'http' ? null : 'policies are for HTTP'),
    start: async ({ workshop, memberPort }) => {
      const installation = await ElbowInstallation.start(workshop);
      const { api } = installation;
      const listening = await installation.listen('HTTP');
      const { host, port, poolId, listenerId } = listening;
      for (let index = 1; index <= count; index++) {
        const value = index === count ? host : `host-${index}.example.com`;
        await api.create('/elb/l7policies', {
          l7policy: {
            listener_id: listenerId,
            action: 'REDIRECT_TO_POOL',
            redirect_pool_id: poolId,
            rules: [{ type: 'HOST_NAME', compare_type: 'EQUAL_TO', value }],
          },
        });
      }
      await installation.addMembers(listening, [{ address: '127.0.0.1', protocol_port: memberPort }]);
      await untilAnswered(host, port);
      return {
        host,
        port,
        pid: installation.proxyPid,
        controlPid: installation.pid,
        [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
      };
    },
  };
}
