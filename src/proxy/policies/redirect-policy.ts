import type { PolicyCandidate } from '../../dataplane/matching/policy-matcher.ts';
import type { RedirectAction } from '../../dataplane/policy-configuration.ts';
import { statusPage } from '../http/answers.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import { HeaderEditor } from './header-editor.ts';
import { answerStatus, editedFields } from './own-answers.ts';
import type { Policy, Surroundings } from './policy.ts';
import type { Route } from './route.ts';
import { Template } from './template.ts';
import { templateValues, UrlWriter } from './url-writer.ts';

const usualPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** Tells clients to ask elsewhere. */
export class RedirectPolicy implements Policy {
  readonly #status: number;
  readonly #protocol: Template;
  readonly #port: Template;
  readonly #url: UrlWriter;
  readonly #editor: HeaderEditor | null;

  constructor({ status, url, headers }: RedirectAction) {
    this.#status = status;
    this.#protocol = new Template(url.protocol);
    this.#port = new Template(url.port);
    this.#url = new UrlWriter(url);
    this.#editor = headers && new HeaderEditor(headers);
  }

  route(request: IncomingRequest, found: PolicyCandidate, surroundings: Surroundings): Route {
    const values = templateValues(request, found, surroundings);
    const url = this.#url.write(values);
    if (url === null) return answerStatus(414);
    const protocol = this.#protocol.fill(values);
    const toPort = this.#port.fill(values);
    const shownPort = toPort === usualPorts[protocol] ? '' : `:${toPort}`;
    const page = statusPage(this.#status);
    const location = `Location: ${protocol}://${url.host}${shownPort}${url.target}\r\n`;
    const fields = editedFields(location + page.fields, this.#editor, request, surroundings.plan);
    return { kind: 'answer', answer: { status: this.#status, fields, body: page.body } };
  }
}
