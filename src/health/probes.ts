import { createGrpcProbe } from './grpc-probe.ts';
import { createHttpProbe, createHttpsProbe } from './http-probe.ts';
import type { MonitorSettings, MonitorType } from './monitor.ts';
import type { Probe } from './probe.ts';
import { createTcpProbe } from './tcp-probe.ts';
import { createTlsProbe } from './tls-probe.ts';
import { createUdpProbe } from './udp-probe.ts';

/** The table of probes: a new kind is one file and one entry here, and its name in the model of the monitor. */
const probes: { readonly [T in MonitorType]: (monitor: MonitorSettings) => Probe } = {
  TCP: createTcpProbe,
  UDP_CONNECT: createUdpProbe,
  HTTP: createHttpProbe,
  HTTPS: createHttpsProbe,
  TLS: createTlsProbe,
  GRPC: createGrpcProbe,
};

/** Creates the probe that a monitor asks for. */
export function createProbe(monitor: MonitorSettings): Probe {
  return probes[monitor.type](monitor);
}
