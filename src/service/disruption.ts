/** What a change does to connections that are established, as the proxy carries it out. */
import type { Listener } from '../model/listener.ts';
import type { PlannedChange } from './plan-changes.ts';
import type { TouchedListeners } from './touched-listeners.ts';

/**
 * `none`: they go on. `drain`: what is in progress is finished, nothing new is given to what goes. `close`: they are
 * cut at once.
 */
export const connectionEffects = ['none', 'drain', 'close'] as const;

export type ConnectionEffect = (typeof connectionEffects)[number];

export interface Effect {
  readonly connections: ConnectionEffect;
  /** For people to read. */
  readonly reason: string;
}

/** The kinds of changes of one type of resource. */
interface Kind {
  /** The listeners that the change concerns. */
  readonly listeners: (touched: TouchedListeners, change: PlannedChange) => Promise<readonly string[]>;
  readonly effect: (change: PlannedChange) => Effect;
}

const none = (reason: string): Effect => ({ connections: 'none', reason });
const drain = (reason: string): Effect => ({ connections: 'drain', reason });

/** The protocols whose connections carry one request after the other, and can end between two of them. */
const requestProtocols: readonly unknown[] = [
  'HTTP',
  'HTTPS',
  'TERMINATED_HTTPS',
  'QUIC',
] satisfies Listener['protocol'][];

function ofListener({ operation, before, after }: PlannedChange): Effect {
  if (operation === 'create') return none('It has no connections yet.');
  if (operation === 'delete') {
    return requestProtocols.includes(before?.['protocol'])
      ? drain('Nothing more is accepted; requests in progress are answered, then their connections end.')
      : { connections: 'close', reason: 'Nothing more is accepted, and every connection is cut at once.' };
  }
  if (after?.['default_pool_id'] === null) {
    return none(
      'Connections that are relayed go on; later requests are answered 503, and later connections reset, unless a ' +
        'policy sends them to a pool.',
    );
  }
  return none('Connections go on; later requests and connections follow the new settings.');
}

function ofMember({ operation, before, after }: PlannedChange): Effect {
  if (operation === 'create') return none('It gets its share of later requests and connections.');
  if (operation === 'delete') {
    return drain('It gets nothing more; requests and relayed connections that it has go on until they end.');
  }
  if (after?.['protocol_port'] !== undefined) {
    return drain(
      'Later requests and connections go to the new port; those at the old one go on until they end.',
    );
  }
  if (after?.['weight'] === 0) {
    return drain('It gets nothing more; requests and relayed connections that it has go on until they end.');
  }
  if (before?.['weight'] !== undefined) return none('Later requests and connections are shared out anew.');
  return none('Connections do not notice.');
}

const addresses = ['vip_address', 'ipv6_vip_address', 'publicips'];

function ofLoadBalancer({ after }: PlannedChange): Effect {
  return addresses.some((key) => after?.[key] !== undefined)
    ? none('Connections go on, also at an address that it leaves, which accepts no more.')
    : none('Connections do not notice.');
}

const nobodys = async () => [];

/** Every type of resource that the audit keeps; a new one is added here. */
const kinds: Readonly<Record<string, Kind>> = {
  loadbalancer: { listeners: (touched, { id }) => touched.ofLoadBalancer(id), effect: ofLoadBalancer },
  listener: { listeners: async (_, { id }) => [id], effect: ofListener },
  pool: {
    listeners: (touched, { id }) => touched.ofPool(id),
    effect: () => none('Connections go on; later requests and connections follow the new settings.'),
  },
  member: { listeners: (touched, { parent_id }) => touched.ofPool(parent_id ?? ''), effect: ofMember },
  healthmonitor: {
    listeners: (touched, { parent_id }) => touched.ofPool(parent_id ?? ''),
    effect: () => none('Connections go on; what is found of members decides about later ones.'),
  },
  l7policy: {
    listeners: async (_, { parent_id }) => (parent_id ? [parent_id] : []),
    effect: () => none('Connections go on; later requests follow the new policies.'),
  },
  rule: {
    listeners: (touched, { parent_id }) => touched.ofPolicy(parent_id ?? ''),
    effect: () => none('Connections go on; later requests follow the new rules.'),
  },
  ipgroup: {
    listeners: (touched, { id }) => touched.ofIpGroup(id),
    effect: () => none('Connections go on; later ones are admitted by the new entries.'),
  },
  certificate: {
    listeners: (touched, { id }) => touched.ofCertificate(id),
    effect: () => none('Connections go on; later ones are shown the new certificate.'),
  },
  security_policy: {
    listeners: (touched, { id }) => touched.ofSecurityPolicy(id),
    effect: () => none('Connections go on; later ones follow the new policy.'),
  },
  // Where logs go, who may see a key, and what becomes of what is deleted is nothing that traffic meets; the address of a public IP stands in its
  // load balancer as well, which changes with it.
  logtank: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  publicip: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  // A network that anything uses stays as it is; what becomes of servers changes their members.
  vpc: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  subnet: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  port: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  server: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  // Who may call is nothing that traffic meets either.
  access_key: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  project: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  call: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  recycle_bin: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
  private_key_echo: { listeners: nobodys, effect: () => none('Traffic does not notice.') },
};

/** The kind of a change. */
export function kindOf({ type }: Pick<PlannedChange, 'type'>): Kind {
  const kind = kinds[type];
  if (!kind) throw new Error(`what a change of a ${type} does to connections is to be said in disruption.ts`);
  return kind;
}

/** The worst of several effects. */
export function worst(effects: readonly ConnectionEffect[]): ConnectionEffect {
  return connectionEffects.findLast((effect) => effects.includes(effect)) ?? 'none';
}
