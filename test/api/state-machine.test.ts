/**
 * Random games of calls on the whole graph of resources, from several projects and with several calls in flight,
 * against a model of its own. After every round the API must say what the model says.
 *
 * ELBOW_MODEL_RUNS sets how many games are played, ELBOW_MODEL_SEED which; a counterexample prints its seed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Game, type Round } from './state-machine/game.ts';
import { type Ground, startGround } from './state-machine/ground.ts';
import { allCommands, resources } from './state-machine/resources.ts';
import { idFilters } from './state-machine/strangers.ts';
import { walk } from './state-machine/walk.ts';

const { ELBOW_MODEL_RUNS: runs = '8', ELBOW_MODEL_SEED: seed } = process.env;

/** How long a counterexample is made smaller. */
const shrinkingMs = 60_000;

const player = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0 as const) },
  { weight: 2, arbitrary: fc.constantFrom(1 as const, 2 as const) },
);
const move = fc.record({ player, command: fc.oneof(...allCommands) });
const round: fc.Arbitrary<Round> = fc.record({
  moves: fc.oneof(
    { weight: 3, arbitrary: fc.array(move, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(move, { minLength: 2, maxLength: 4 }) },
  ),
  walks: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.record({ player, walk }), { minLength: 1, maxLength: 3 }) },
  ),
});

/** Some of each kind of resource, those first that others refer to. */
const opening: fc.Arbitrary<Round[]> = fc
  .tuple(
    ...resources
      .map(({ create }) =>
        fc.array(fc.record({ player, command: create.arbitrary }), { maxLength: 8, size: 'max' }),
      )
      .toReversed(),
  )
  .map((moves) => moves.flat().map((each) => ({ moves: [each], walks: [] })));
const middle = fc.array(round, { minLength: 1, maxLength: 60, size: 'max' });

test('whatever is called in whatever order, the API is what the model says', async () => {
  let ground: Ground | null = null;
  let told = '';
  let failedAt = 0;
  const game = fc.asyncProperty(fc.noBias(opening), fc.noBias(middle), async (first, then) => {
    // Shrinking ends there: what it would try from here on counts as played.
    if (failedAt > 0 && performance.now() > failedAt + shrinkingMs) return;
    ground ??= await startGround();
    const filters = await idFilters(ground);
    const played = await Game.start(ground);
    try {
      for (const each of first) await played.play(each);
      await played.inspect(filters);
      for (const each of then) await played.play(each);
      await played.inspect(filters);
      await played.clear();
    } catch (error) {
      failedAt ||= performance.now();
      told = `${played.record()}\n\n${played.readable((error as Error).message)}`;
      await ground[Symbol.asyncDispose]();
      ground = null;
      throw error;
    }
  });
  const details = await fc.check(game, {
    numRuns: Number(runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
  await (ground as Ground | null)?.[Symbol.asyncDispose]();
  assert.ok(!details.failed, `seed ${details.seed}, after ${details.numRuns} games:\n${told}`);
});
