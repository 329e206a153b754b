import type { ExplainRequest } from '../../model/explanation.ts';
import { hostOfAuthority, pathAndQuery, type RequestFacts } from './request-facts.ts';

/** A request that is only described, as policies see it. */
export function describedFacts(request: ExplainRequest): RequestFacts {
  const { method = 'GET', host = '', path: target = '/', headers = [], client_address = '' } = request;
  const [path, query] = pathAndQuery(target);
  const fields = [{ name: 'Host', value: host }, ...headers];
  return {
    ...{ method, path, query, clientAddress: client_address },
    host: hostOfAuthority(host),
    headers: (name) => fields.flatMap((each) => (each.name.toLowerCase() === name ? each.value : [])),
  };
}
