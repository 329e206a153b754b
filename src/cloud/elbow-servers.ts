/** Servers as Elbow's own calls declare, start, stop and remove them. */
import { type Static, Type } from 'typebox';
import type { Call, Operation } from '../model/operation.ts';
import { answerBody } from '../model/resource.ts';
import { described, named, oneOf, strict } from '../model/schemas.ts';
import { NewServer, server } from '../model/server.ts';
import type { Region } from '../service/region.ts';
import {
  createServer,
  deleteServer,
  listServers,
  type ServerRequest,
  type ServerView,
  setServerState,
  showServer,
} from '../service/servers.ts';
import { projectOf } from './project-of-call.ts';
import { exactly, pageParameters, selected } from './selection.ts';

const group = 'Servers';
const path = '/elbow/v1/servers';

const ShownServer = named('Server', answerBody(server));
const answer = Type.Object({ server: ShownServer });

const ServerAction = strict({
  action: described('What to do with the server.', oneOf('start', 'stop'), 'stop'),
});

export function elbowServerOperations(region: Region): Operation[] {
  const each = `${path}/{server_id}`;
  const at = ({ caller, params: { server_id = '' } }: Call) => [caller.projectIds, server_id] as const;
  return [
    {
      id: 'CreateServer',
      action: 'elbow:servers:create',
      actionScope: 'project',
      method: 'POST',
      path,
      group,
      summary: 'Declare a server',
      body: NewServer,
      answer,
      status: 201,
      handle: async (call) => {
        const { server: asked } = call.body as { server: ServerRequest & { project_id?: string } };
        return {
          body: { server: render(await createServer(region, projectOf(call, asked.project_id), asked)) },
        };
      },
    },
    {
      id: 'ListServers',
      action: 'elbow:servers:list',
      method: 'GET',
      path,
      group,
      summary: 'List the servers of the caller’s projects',
      query: {
        ...pageParameters,
        id: exactly('The servers with these ids.'),
        name: exactly('Those with these names.'),
        project_id: exactly('Those of these projects.'),
        vpc_id: exactly('Those in these VPCs.'),
        availability_zone: exactly('Those in these zones.'),
        state: exactly('Those in these states.'),
      },
      answer: Type.Object({ servers: described('The servers.', Type.Array(ShownServer)) }),
      status: 200,
      handle: async (call) => {
        const servers = (await listServers(region, call.caller.projectIds)).map(render);
        const found = selected(servers, call.query, {
          id: ({ id }) => id,
          name: ({ name }) => name,
          project_id: ({ project_id }) => project_id,
          vpc_id: ({ vpc_id }) => vpc_id,
          availability_zone: ({ availability_zone }) => availability_zone,
          state: ({ state }) => state,
        });
        return { body: { servers: found } };
      },
    },
    {
      id: 'ShowServer',
      action: 'elbow:servers:get',
      method: 'GET',
      path: each,
      group,
      summary: 'Show a server',
      answer,
      status: 200,
      handle: async (call) => ({ body: { server: render(await showServer(region, ...at(call))) } }),
    },
    {
      id: 'ChangeServerState',
      action: 'elbow:servers:update',
      actionScope: 'project',
      method: 'POST',
      path: `${each}/action`,
      group,
      summary: 'Start or stop a server',
      body: ServerAction,
      answer,
      status: 200,
      handle: async (call) => {
        const { action } = call.body as Static<typeof ServerAction>;
        const state = action === 'start' ? 'running' : 'stopped';
        return { body: { server: render(await setServerState(region, ...at(call), state)) } };
      },
    },
    {
      id: 'DeleteServer',
      action: 'elbow:servers:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      group,
      summary: 'Remove a server',
      status: 204,
      handle: async (call) => {
        await deleteServer(region, ...at(call));
        return {};
      },
    },
  ];
}

function render({ server: of, places }: ServerView) {
  const { image_id: _, flavor_id: __, key_name: ___, ...shown } = of;
  return {
    ...shown,
    addresses: places.map(({ portId, subnet, address }) => ({
      subnet_id: subnet.id,
      address,
      port_id: portId,
    })),
  };
}
