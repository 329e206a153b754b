/** Probes a member once, for those who want to know now. */
import type { PlannedProbe, ProbeOutcome, Prober } from '../service/member-checks/prober.ts';
import { createProbe } from './probes.ts';

export const singleProbe: Prober = {
  probe: ({ monitor, ...target }: PlannedProbe, signal: AbortSignal) =>
    new Promise<ProbeOutcome>((resolve) => {
      const aborted = { kind: 'inconclusive', cause: 'the control plane stopped' } as const;
      if (signal.aborted) return resolve(aborted);
      const abort = () => {
        attempt.stop();
        resolve(aborted);
      };
      const attempt = createProbe(monitor)({ ...target, timeoutMs: monitor.timeout * 1000 }, (outcome) => {
        signal.removeEventListener('abort', abort);
        resolve(outcome);
      });
      signal.addEventListener('abort', abort, { once: true });
    }),
};
