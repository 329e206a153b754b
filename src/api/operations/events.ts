/** Elbow’s own: the stream of events, as browsers and curl read one (HTML, "Server-sent events"). */
import { Type } from 'typebox';
import { invalid } from '../../model/errors.ts';
import type { Call, Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { type Event, type FollowedEvents, followEvents, healthType } from '../../service/events.ts';
import type { LiveRegion } from '../../service/region.ts';
import { readParameters } from '../parameters.ts';
import { renderTransition } from './member-history.ts';

/** After so long without an event a heartbeat tells that the stream is alive. */
const heartbeatMs = 15_000;

const parameters = {
  type: {
    schema: Type.String(),
    arity: 'many',
    description: 'Events of this kind of resource, as listener; health for the transitions of members.',
  },
  id: { schema: Type.String(), arity: 'many', description: 'Events of this resource.' },
  last_event_id: {
    schema: Type.String(),
    arity: 'one',
    description: 'Goes on behind this event, as the header Last-Event-ID does.',
  },
} as const;

function text({ events, revision, hasGap }: FollowedEvents): string {
  const gap = hasGap ? `event: reset\nid: ${revision}\ndata: {"revision":${revision}}\n\n` : '';
  if (events.length > 0) return gap + events.map(eventText).join('');
  return `${gap}: heartbeat\nid: ${revision}\n\n`;
}

function eventText({ revision, project_id, type, id, parent_id, operation, at, health }: Event): string {
  const data = JSON.stringify({
    ...{ revision, at: at.toISOString(), project_id, type, id, parent_id, operation },
    health: health && renderTransition(health),
  });
  return `event: ${health ? healthType : type}\nid: ${revision}\ndata: ${data}\n\n`;
}

function readAfter({ headers, query }: Call): number | null {
  const given = headers['last-event-id'] ?? query.get('last_event_id');
  if (given === null || given === undefined || given === '') return null;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw invalid('last_event_id', `got "${given}", expected the id of an event, which is a number.`);
}

export function eventOperations(region: LiveRegion): Operation[] {
  return [
    {
      id: 'FollowEvents',
      method: 'GET',
      path: '/elbow/v1/events',
      action: 'elbow:events:list',
      actionScope: 'project',
      group: 'Elbow',
      summary: 'Follow what happens to resources, and to the health of members',
      query: parameters,
      answer: described('Server-sent events, without end.', Type.String()),
      answerForm: 'text/event-stream',
      status: 200,
      handle: async (call) => {
        const { type: types, id: ids } = readParameters(parameters, call.query);
        const after = readAfter(call);
        const filter = { projectIds: [...call.caller.projectIds], types, ids };
        return {
          headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
          stream: async function* (signal) {
            for await (const page of followEvents(region, filter, { after, quietMs: heartbeatMs, signal })) {
              yield text(page);
            }
          },
        };
      },
    },
  ];
}
