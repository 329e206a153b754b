/** What the groups of operations are for. */
export const groups: Readonly<Record<string, string>> = {
  'Load balancers': 'Addresses in a network, on which listeners serve.',
  Listeners: 'Ports of load balancers, on which clients are served.',
  Pools: 'Members, and how requests are spread over them.',
  Members: 'The backend servers of pools.',
  'Health monitors': 'How the members of a pool are probed.',
  Certificates: 'What listeners show to their clients, or ask of them.',
  'IP groups': 'Addresses that listeners allow or refuse.',
  'Security policies': 'TLS versions and cipher suites for listeners.',
  Region: 'What there is to choose from.',
  Quotas: 'How many there may be of each, and how many there are.',
  Tags: 'Key and value pairs on load balancers and listeners.',
  Logtanks: 'Where the access logs of load balancers go.',
  Identity: 'Who calls: tokens and projects, as the identity service has them.',
  Networks: 'The VPCs and subnets of the inventory.',
  Elbow: 'What is Elbow’s own.',
  Service: 'What anyone may ask.',
};
