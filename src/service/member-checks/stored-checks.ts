/** The checks that need no more than what is stored. */
import type { Check, StoredFacts } from './check.ts';

export const storedChecks: readonly Check<StoredFacts>[] = [
  {
    subject: 'config',
    name: 'loadbalancer_admin_state_up',
    severity: 'Major',
    template: 'The load balancer {0} has admin_state_up false, which stops all its traffic; set it to true.',
    find: ({ loadBalancer }) => (loadBalancer.admin_state_up ? null : [loadBalancer.id]),
  },
  {
    subject: 'config',
    name: 'ip_target_enable',
    severity: 'Major',
    template:
      'The member has no subnet, and ip_target_enable of load balancer {0} is false; set it to true, or add the ' +
      'member with its subnet_cidr_id.',
    find: ({ member, loadBalancer }) =>
      member.member_type === 'ip' && !loadBalancer.ip_target_enable ? [loadBalancer.id] : null,
  },
  {
    subject: 'config',
    name: 'subnet_cidr_id',
    severity: 'Major',
    template:
      'The member’s subnet {0} is not in the VPC {1} of load balancer {2}; add the member in a subnet of that VPC.',
    find: ({ member, loadBalancer, vpcId }) =>
      member.member_type === 'instance' && vpcId !== loadBalancer.vpc_id
        ? [member.subnet_cidr_id ?? '', loadBalancer.vpc_id, loadBalancer.id]
        : null,
  },
  {
    subject: 'config',
    name: 'server_exists',
    severity: 'Major',
    template:
      'No server has the address {0} in the subnet {1}; give the address of a server, or declare one with it in the ' +
      'inventory.',
    find: ({ member }) =>
      member.server_state === 'missing' || member.server_state === 'gone'
        ? [member.address, member.subnet_cidr_id ?? '']
        : null,
  },
  {
    subject: 'config',
    name: 'server_running',
    severity: 'Major',
    template: 'The server {0} at {1} is stopped; start it.',
    find: ({ member }) => (member.server_state === 'stopped' ? [member.instance_id, member.address] : null),
  },
  {
    subject: 'config',
    name: 'weight',
    severity: 'Tips',
    template: 'The member’s weight is 0, so that it gets nothing new; set it from 1 to 100.',
    find: ({ member }) => (member.weight === 0 ? [] : null),
  },
  {
    subject: 'config',
    name: 'healthmonitor',
    severity: 'Tips',
    template:
      'The pool {0} has no health monitor, so that members that fail go on getting requests; create one.',
    find: ({ monitor, pool }) => (monitor ? null : [pool.id]),
  },
  {
    subject: 'config',
    name: 'healthmonitor_admin_state_up',
    severity: 'Tips',
    template: 'The health monitor {0} has admin_state_up false, so that nothing is probed; set it to true.',
    find: ({ monitor }) => (monitor && !monitor.admin_state_up ? [monitor.id] : null),
  },
  {
    subject: 'config',
    name: 'healthmonitor_timeout',
    severity: 'Tips',
    template:
      'The health monitor {0} waits {1} s for an answer and probes every {2} s; keep its timeout below its delay.',
    find: ({ monitor }) =>
      monitor && monitor.timeout >= monitor.delay ? [monitor.id, monitor.timeout, monitor.delay] : null,
  },
  {
    subject: 'config',
    name: 'monitor_port',
    severity: 'Tips',
    template:
      'The health monitor {0} probes port {1}, and requests go to port {2}: the probe says nothing of that one. Set ' +
      'monitor_port to null if that is not meant.',
    find: ({ monitor, member }) =>
      monitor?.monitor_port && member.protocol_port !== 0 && monitor.monitor_port !== member.protocol_port
        ? [monitor.id, monitor.monitor_port, member.protocol_port]
        : null,
  },
];
