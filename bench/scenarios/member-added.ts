import { Agent, request } from 'node:http';
import { ElbowInstallation, type Listening } from '../support/elbow-installation.ts';
import { Asker, WatchedMember } from '../support/first-request.ts';
import { percentile } from '../support/spread.ts';
import { ownVersion } from '../support/versions.ts';
import type { Scenario } from './scenario.ts';

const poolSize = 10_000;
const additionsPerRound = 50;

/** Where nothing listens: the members that fill the pool get no requests. */
const unusedPort = 9;

/** From the API's answer that a member is added to the first request that reaches it. */
export const memberAdded: Scenario = {
  key: 'added',
  title: 'member added to a pool of 10,000',
  run: async ({ workshop, rounds, progress }) => {
    await using elbow = await ElbowInstallation.start(workshop);
    await using member = await WatchedMember.start();
    const listening = await elbow.listen('HTTP');
    // With weight 0 on all others the new member is the only one that can be picked.
    await elbow.addMembers(
      listening,
      Array.from({ length: poolSize }, (_, index) => ({
        address: `127.80.${index >> 8}.${index & 255}`,
        protocol_port: unusedPort,
        weight: 0,
      })),
    );
    progress(`${poolSize} members are there`);
    using asker = new Asker(listening.host, listening.port);
    await asker.until('refused');
    const tookMs: number[] = [];
    const p99s: number[] = [];
    const startedAt = performance.now();
    const startedAsked = asker.asked;
    for (let round = 1; round <= rounds; round++) {
      const tookInRound: number[] = [];
      while (tookInRound.length < additionsPerRound) {
        tookInRound.push(await timeAddition(elbow, listening, member, asker));
      }
      tookMs.push(...tookInRound);
      p99s.push(percentile(tookInRound, 99));
      progress(`round ${round}: p99 ${p99s.at(-1)?.toFixed(2)} ms`);
    }
    const everyMs = (performance.now() - startedAt) / (asker.asked - startedAsked);
    const p99 = percentile(tookMs, 99);
    const early = tookMs.filter((ms) => ms < 0).length;
    return [
      {
        measure: 'member added to a pool of 10,000: from the answer to its first request, p99 of a round',
        unit: 'ms',
        subject: `elbow ${ownVersion()}`,
        values: p99s,
        target: { text: 'p99 at most 10 ms', isMet: p99 <= 10 },
        note:
          `of all ${tookMs.length}: p50 ${percentile(tookMs, 50).toFixed(2)}, p99 ${p99.toFixed(2)}, ` +
          `max ${Math.max(...tookMs).toFixed(2)} ms; ${early} served before the answer; asked every ${everyMs.toFixed(2)} ms`,
      },
    ];
  },
};

const agent = new Agent({ keepAlive: true });

/**
 * Adds the member, removes it again, and waits for each to show.
 *
 * @returns milliseconds; less than 0 when the member was asked before the API had answered
 */
async function timeAddition(
  { api }: ElbowInstallation,
  { membersPath }: Listening,
  member: WatchedMember,
  asker: Asker,
): Promise<number> {
  const first = member.nextRequest();
  const created = await post(`${api.url}/v3/${api.projectId}${membersPath}`, api.headers, {
    member: { address: '127.0.0.1', protocol_port: member.port, weight: 1 },
  });
  const tookMs = (await first) - created.answeredAt;
  await asker.until('served');
  const { status } = await api.delete(`${membersPath}/${created.id}`);
  if (status !== 204) throw new Error(`the member was not removed: ${status}`);
  await asker.until('refused');
  return tookMs;
}

/** Creates a member and tells when the head of the answer was here, which is before fetch would. */
function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<{ id: string; answeredAt: number }> {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const answeredAt = performance.now();
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 201) resolve({ id: JSON.parse(text).member.id, answeredAt });
        else reject(new Error(`a member create was answered ${response.statusCode}: ${text}`));
      });
    });
    call.end(JSON.stringify(body));
  });
}
