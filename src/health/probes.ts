import { createHttpProbe } from './http-probe.ts';
import type { MonitorSettings, MonitorType } from './monitor.ts';
import type { Probe } from './probe.ts';
import { createTcpProbe } from './tcp-probe.ts';

/** The table of probes: a new kind is one file, one entry here and its name in MonitorType. */
const probes: { readonly [T in MonitorType]: (monitor: MonitorSettings) => Probe } = {
  TCP: createTcpProbe,
  HTTP: createHttpProbe,
};

/** Creates the probe that a monitor asks for. */
export function createProbe(monitor: MonitorSettings): Probe {
  return probes[monitor.type](monitor);
}

/** Whether members can be probed as a monitor of this type asks. */
export function isProbed(monitor: { readonly type: string }): monitor is MonitorSettings {
  return Object.hasOwn(probes, monitor.type);
}
