/** Requests captured from clients as published, with the signatures that these made of them. */

const project = '057ef081eb00d2732fd1c01a9be75e6f';
const pool = '36ce7086-a496-4666-9064-5ba0e6840c75';

export interface Vector {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Before the signed headers: `Access=` with the key, unless said otherwise. */
  readonly credential?: string;
  readonly keys: readonly [string, string];
  readonly signature: string;
}

/** Captured from clients as published; the headers named here are the signed ones. */
export const vectors: readonly Vector[] = [
  {
    name: 'the Node SDK creating a member',
    method: 'POST',
    url: `/v3/${project}/elb/pools/${pool}/members`,
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:18899',
      'x-project-id': project,
      'x-sdk-date': '20261122T004724Z',
    },
    body: '{"member":{"address":"127.0.0.1","protocol_port":80,"name":"web 01 (ü)","weight":0}}',
    keys: ['TESTAK0123456789', 'testsk-secret-0123456789'],
    signature: '1830274c7a75d30983f7f633e64e0c746e65d5bc506a00758c1d88a912128850',
  },
  {
    name: 'the Node SDK listing members with filters that repeat',
    method: 'GET',
    url:
      `/v3/${project}/elb/pools/${pool}/members?marker=m%20k*~!'()&limit=2&page_reverse=false&name=a%2Bb` +
      '&name=b%20%C3%BC&name=c%26d%3De%2Ff%3A&weight=1&weight=10&weight=2&admin_state_up=true' +
      '&member_type=instance&member_type=ip',
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:18899',
      'x-project-id': project,
      'x-sdk-date': '20261122T004724Z',
    },
    keys: ['TESTAK0123456789', 'testsk-secret-0123456789'],
    signature: 'd0a77a34cf1be35e4e3d6813f2f8783e6d35308d03a5141f5636961ba56eb9c8',
  },
  {
    name: 'the Node SDK looking for its project, with a body',
    method: 'GET',
    url: '/v3/projects?name=cn-north-4',
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:18899',
      'x-sdk-date': '20261122T004724Z',
      'x-security-token': 'stoken==',
    },
    body: '{}',
    keys: ['AK2', 'SK2'],
    signature: '474749a8121598d1ccc3d131a679fe5578dfeceedefd4142cc5d6aac123ed2b1',
  },
  {
    name: 'the Python SDK, which signs numbers in their own order',
    method: 'GET',
    url: `/v3/${project}/elb/pools/pool/members?weight=1&weight=2&weight=10`,
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:18899',
      'user-agent': 'huaweicloud-usdk-python/3.0; t',
      'x-project-id': project,
      'x-sdk-date': '20261122T012016Z',
    },
    keys: ['PYAK', 'PYSK'],
    signature: '2a40a32502be985e2f9783a457734befdb597a8183a6c041a9c0b86810fe85a3',
  },
  {
    name: 'the Go SDK, which signs no host',
    method: 'GET',
    url:
      `/v3/${project}/elb/pools/p/members?admin_state_up=true&limit=2&marker=m%20k%2A~%21%27%28%29` +
      '&name=b%20%C3%BC&name=a%2Bb&name=c%26d%3De%2Ff%3A&weight=10&weight=2&weight=1',
    headers: {
      'user-agent': 'huaweicloud-usdk-go/3.0',
      'x-project-id': project,
      'x-sdk-date': '20261122T010655Z',
    },
    keys: ['GOAK', 'GOSK'],
    signature: '294da29e8131002f7f04d96676c227dc865ed227b889bd66baf0beb21e52a242',
  },
  {
    name: 'the SDK of the Terraform provider, whose bodies end in a line break',
    method: 'POST',
    url: `/v3/${project}/elb/pools/${pool}/members`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'golangsdk/2.0.0',
      'x-sdk-date': '20261122T010656Z',
    },
    body: '{"member":{"address":"127.0.0.1","name":"web 01 (ü)<&>","protocol_port":80,"weight":1}}\n',
    keys: ['GOAK', 'GOSK'],
    signature: '629dcd8468df8dacbf148616b9eec7e96759cf73e0099332191adc6250b8a3d4',
  },
  {
    name: 'the Node SDK with a derived key',
    method: 'GET',
    url: '/v3/p4/elb/pools/p/members',
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:18899',
      'x-project-id': 'p4',
      'x-sdk-date': '20261122T004724Z',
    },
    credential: 'V11-HMAC-SHA256 Credential=AK4/20261122/cn-north-4/elb',
    keys: ['AK4', 'SK4'],
    signature: '5a07582001119f8c9eff76f541886ba5cddeb187dad305d0c9d85c8de0cf96cc',
  },
  {
    name: 'the Python SDK with a derived key',
    method: 'GET',
    url: '/v3/p/elb/pools/pool/members',
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1:18899',
      'user-agent': 'huaweicloud-usdk-python/3.0; t',
      'x-project-id': 'p',
      'x-sdk-date': '20261122T012016Z',
    },
    credential: 'V11-HMAC-SHA256 Credential=PYAK/20261122/cn-north-4/elb',
    keys: ['PYAK', 'PYSK'],
    signature: '008abbcc1290740cdfe59ded86607a1a9bc65923804fe2526d4f9f12ae25df45',
  },
  {
    name: 'the Go SDK of the Open Telekom Cloud, which signs the first value of each name',
    method: 'GET',
    url: `/v3/${project}/elb/listeners?id=b&id=a&protocol_port=443&protocol_port=80`,
    headers: {
      accept: 'application/json',
      host: '127.0.0.1:18897',
      'user-agent': 'golangsdk/2.0.0',
      'x-sdk-date': '20261122T010657Z',
    },
    credential: 'SDK-HMAC-SHA256 Credential=GOAK/20261122///sdk_request',
    keys: ['GOAK', 'GOSK'],
    signature: 'c20d31c05a8c49ce1eba895413a06e831f56a973e802918aaaa6772102c031a7',
  },
  {
    name: 'the same, which writes a space as a plus',
    method: 'GET',
    url: `/v3/${project}/elb/pools/p/members?limit=1&name=a+b`,
    headers: {
      accept: 'application/json',
      host: '127.0.0.1:18897',
      'user-agent': 'golangsdk/2.0.0',
      'x-sdk-date': '20261122T010657Z',
    },
    credential: 'SDK-HMAC-SHA256 Credential=GOAK/20261122///sdk_request',
    keys: ['GOAK', 'GOSK'],
    signature: '4538481ecf34db9a50fc0c51c0fba00b8b5905196ff8e4369049a698a5ae1e60',
  },
];

/** The Authorization header of a vector; the headers that it names are the signed ones. */
export function authorizationOf({ headers, keys, credential, signature }: Vector): string {
  const first = credential ?? `SDK-HMAC-SHA256 Access=${keys[0]}`;
  return `${first}, SignedHeaders=${Object.keys(headers).toSorted().join(';')}, Signature=${signature}`;
}
