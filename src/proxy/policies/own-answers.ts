/** What policies answer themselves. */
import { statusPage } from '../http/answers.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import type { RequestPlan } from '../http/request-plan.ts';
import type { HeaderEditor } from './header-editor.ts';
import type { Route } from './route.ts';

/** An answer that says only what its status means. */
export function answerStatus(status: number): Route {
  return { kind: 'answer', answer: { status, ...statusPage(status) } };
}

/** Header lines of an answer as a policy changes them. */
export function editedFields(
  fields: string,
  editor: HeaderEditor | null,
  request: IncomingRequest,
  plan: RequestPlan,
): string {
  if (editor === null) return fields;
  const names = new Set(editor.replacedNames.map((name) => name.toString()));
  const kept = fields.split('\r\n').filter((line) => line !== '' && !names.has(nameIn(line)));
  return kept.map((line) => `${line}\r\n`).join('') + editor.linesFor(request, plan);
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}
