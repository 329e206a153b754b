/** The resources that the page of fields has, by the names that evidence goes by. */
import { masterSlaveMember, masterSlaveMonitor, masterSlavePool } from '../src/model/master-slave-pool.ts';
import type { Resource } from '../src/model/resource.ts';
import { resources } from '../src/store/schema.ts';

export const documentedResources: ReadonlyMap<string, Resource> = new Map([
  ...resources.map((resource): [string, Resource] => [resource.name, resource]),
  ['master_slave_pool', masterSlavePool],
  ['master_slave_member', masterSlaveMember],
  ['master_slave_healthmonitor', masterSlaveMonitor],
]);
