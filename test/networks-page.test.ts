import { test } from 'node:test';
import { assertPrintsAsShown } from './support/documented-page.ts';

test('the commands of docs/networks.md print what it says', () => assertPrintsAsShown('docs/networks.md'));
