/** What the tests of l7 policies build on: a load balancer with as many listeners, of as many kinds, as they need. */
import type { ApiClient, Reply } from '../support/api-client.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import { assertDone, makeListener, makeLoadBalancer, makePool } from './fixtures.ts';

type Fields = object;

export const policiesPath = '/elb/l7policies';

/** A rule for one path. */
export const exactly = (value: string) => ({ type: 'PATH', compare_type: 'EQUAL_TO', value });

export class PolicyGround implements AsyncDisposable {
  readonly cp: TestControlPlane;
  readonly lb: { readonly id: string };
  #nextPort = 1000;

  private constructor(cp: TestControlPlane, lb: { readonly id: string }) {
    this.cp = cp;
    this.lb = lb;
  }

  static async start(...inventory: Parameters<typeof startTestControlPlane>): Promise<PolicyGround> {
    const cp = await startTestControlPlane(...inventory);
    return new PolicyGround(cp, await makeLoadBalancer(cp.api));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cp[Symbol.asyncDispose]();
  }

  get api(): ApiClient {
    return this.cp.api;
  }

  /** A listener of its own for a test: HTTP unless told otherwise. */
  listener(fields: Fields = {}) {
    return makeListener(this.api, this.lb.id, { protocol_port: this.#nextPort++, ...fields });
  }

  /** One with advanced forwarding. */
  advanced(fields: Fields = {}) {
    return this.listener({ enhance_l7policy_enable: true, ...fields });
  }

  async overTls(protocol: 'HTTPS' | 'QUIC', fields: Fields = {}) {
    const { id } = await this.api.create('/elb/certificates', { certificate: serverPair() });
    return this.listener({ protocol, default_tls_container_ref: id, ...fields });
  }

  pool(fields: Fields = {}) {
    return makePool(this.api, { type: 'ip', ...fields });
  }

  post(listener_id: string, fields: Fields): Promise<Reply> {
    const l7policy = { listener_id, action: 'REDIRECT_TO_POOL', ...fields };
    return this.api.post(policiesPath, { l7policy });
  }

  async show(id: string) {
    return assertDone(await this.api.get(`${policiesPath}/${id}`)).l7policy;
  }

  put(id: string, l7policy: Fields): Promise<Reply> {
    return this.api.put(`${policiesPath}/${id}`, { l7policy });
  }

  async change(id: string, l7policy: Fields) {
    return assertDone(await this.put(id, l7policy)).l7policy;
  }

  async drop(id: string): Promise<void> {
    assertDone(await this.api.delete(`${policiesPath}/${id}`), 204);
  }
}
