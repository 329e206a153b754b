import { test } from 'node:test';
import { assertPrintsAsShown } from './support/documented-page.ts';

test('the commands of docs/lifecycle.md print what it says', () => assertPrintsAsShown('docs/lifecycle.md'));
