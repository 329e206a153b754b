/** What l7 rules may compare, and what the rules of a policy are together (rules digest 2.7.2). */
import { ipVersion } from './address.ts';
import { httpMethods } from './cors.ts';
import { invalid } from './errors.ts';
import { faultOfExpression } from './expressions/linear-expression.ts';
import { type L7Rule, maxConditions } from './l7-rule.ts';

type RuleParts = Pick<L7Rule, 'type' | 'compare_type' | 'value' | 'conditions'>;
type Condition = L7Rule['conditions'][number];

/** Words that are right, and how a message says what right ones are. */
interface Words {
  readonly isRight: (text: string) => boolean;
  readonly right: string;
}

interface Kind {
  readonly compareTypes: readonly L7Rule['compare_type'][];
  /** Null when conditions have no key. */
  readonly key: Words | null;
  readonly value: Words;
  /** Whether a policy has at most one rule of the type. */
  readonly once: boolean;
  /** Whether the listener needs enhance_l7policy_enable for it, and the values conditions. */
  readonly advanced: boolean;
}

const host: Words = {
  isRight: (text) => /^(\*\.)?[A-Za-z0-9][A-Za-z0-9.-]*$/.test(text),
  right: 'a domain name of letters, digits, "-" and ".", or one behind "*."',
};
const path: Words = {
  isRight: (text) => /^\/[A-Za-z0-9_~';@^\-%#&$.*+?,=!:|/()[\]{}]*$/.test(text),
  right: `a path that begins with "/", of letters, digits and _~';@^-%#&$.*+?,=!:|/()[]{}`,
};
const expression: Words = {
  isRight: (text) => faultOfExpression(text) === null,
  right: 'a regular expression without lookaround and references to groups, of at most 512 steps',
};
const method: Words = {
  isRight: (text) => httpMethods.includes(text),
  right: `one of ${httpMethods.join(', ')}`,
};
const network: Words = { isRight: isNetwork, right: 'a network as 192.168.0.0/24 or 2001:db8::/32' };
const headerName: Words = {
  isRight: (text) => /^[A-Za-z0-9_-]{1,40}$/.test(text),
  right: '1 to 40 letters, digits, "-" and "_"',
};
const headerValue: Words = {
  isRight: (text) => /^[^\s"\p{Cc}]+$/u.test(text),
  right: 'text without spaces and quotation marks',
};
const parameter: Words = {
  isRight: (text) => /^[^\s[\]{}<>\\"#&|%~\p{Cc}]{1,128}$/u.test(text),
  right: '1 to 128 characters, none of them a space or one of [ ] { } < > \\ " # & | % ~',
};

const equal: Kind['compareTypes'] = ['EQUAL_TO'];
const several = { once: false, advanced: true, compareTypes: equal } as const;

const kinds: Readonly<Record<L7Rule['type'], Kind>> = {
  HOST_NAME: { compareTypes: equal, key: null, value: host, once: true, advanced: false },
  PATH: {
    compareTypes: ['EQUAL_TO', 'STARTS_WITH', 'REGEX'],
    ...{ key: null, value: path, once: true, advanced: false },
  },
  METHOD: { compareTypes: equal, key: null, value: method, once: true, advanced: true },
  SOURCE_IP: { compareTypes: equal, key: null, value: network, once: true, advanced: true },
  HEADER: { ...several, key: headerName, value: headerValue },
  QUERY_STRING: { ...several, key: parameter, value: parameter },
  // Nothing describes them but their name, so they are as headers are (O3).
  COOKIE: { ...several, key: headerName, value: headerValue },
};

/**
 * Checks a rule as it would be stored.
 *
 * @param enhanced whether its listener has enhance_l7policy_enable
 * @param at how messages name the rule
 */
export function checkRule(rule: RuleParts, enhanced: boolean, at: string): void {
  const { type, compare_type, value, conditions } = rule;
  const kind = kinds[type];
  if (!kind.compareTypes.includes(compare_type)) {
    throw invalid(
      `${at}.compare_type`,
      `got ${compare_type}, expected ${kind.compareTypes.join(', ')} for type ${type}.`,
    );
  }
  if (!enhanced) checkPlain(rule, kind, at);
  const words = compare_type === 'REGEX' ? expression : kind.value;
  if (conditions.length === 0) {
    if (kind.advanced) throw invalid(`${at}.conditions`, `it is required for type ${type}.`);
    if (value === '') throw invalid(`${at}.value`, 'it is required without conditions: 1 to 128 characters.');
    checkWords(value, words, `${at}.value`);
  }
  for (const [index, condition] of conditions.entries()) {
    checkKey(condition.key, kind, type, `${at}.conditions[${index}].key`);
    checkWords(condition.value, words, `${at}.conditions[${index}].value`);
  }
  checkConditionsTogether(conditions, `${at}.conditions`);
}

/** Refuses what only advanced forwarding knows (rules digest L7-3). */
function checkPlain({ type, value, conditions }: RuleParts, { advanced }: Kind, at: string): void {
  const needs = 'needs a listener with enhance_l7policy_enable true.';
  if (advanced) throw invalid(`${at}.type`, `${type} ${needs}`);
  if (conditions.length > 0) throw invalid(`${at}.conditions`, `it ${needs}`);
  if (type === 'HOST_NAME' && value.startsWith('*')) {
    throw invalid(`${at}.value`, `the wildcard "${value}" ${needs}`);
  }
}

function checkKey(key: string, kind: Kind, type: L7Rule['type'], field: string): void {
  if (kind.key) checkWords(key, kind.key, field);
  else if (key !== '') throw invalid(field, `a rule of type ${type} has no keys; leave it out.`);
}

function checkWords(text: string, { isRight, right }: Words, field: string): void {
  if (!isRight(text)) throw invalid(field, `got "${text}", expected ${right}.`);
}

function checkConditionsTogether(conditions: readonly Condition[], field: string): void {
  const [first] = conditions;
  if (conditions.some(({ key }) => key !== first?.key)) {
    throw invalid(field, 'all conditions of a rule have the same key; make a rule for each key.');
  }
  if (new Set(conditions.map(({ value }) => value)).size !== conditions.length) {
    throw invalid(field, 'the same value is there twice.');
  }
}

/** How many conditions a rule counts for: one at least. */
function weightOf({ conditions }: Pick<L7Rule, 'conditions'>): number {
  return Math.max(1, conditions.length);
}

/** How many conditions rules have together. */
export function conditionsOf(rules: readonly Pick<L7Rule, 'conditions'>[]): number {
  return rules.reduce((sum, rule) => sum + weightOf(rule), 0);
}

/** Refuses rules that a policy cannot have together: two of a type that comes once, or too many conditions. */
export function checkRulesTogether(rules: readonly RuleParts[], field: string): void {
  const twice = rules.find(({ type }, index) => kinds[type].once && rules.findIndex(is(type)) !== index);
  if (twice) {
    throw invalid(
      field,
      `a policy has at most one rule of type ${twice.type}; give that one several conditions.`,
    );
  }
  const sum = conditionsOf(rules);
  if (sum > maxConditions) {
    throw invalid(
      field,
      `the policy would have ${sum} conditions, and takes ${maxConditions}, a rule without any counting as one.`,
    );
  }
}

function is(type: L7Rule['type']) {
  return (rule: RuleParts) => rule.type === type;
}

/** The same text for rules that match the same, in whatever order they and their conditions are (O6). */
export function ruleSetText(rules: readonly RuleParts[]): string {
  const texts = rules.map(({ type, compare_type, value, conditions }) => {
    const pairs = conditions.length > 0 ? conditions : [{ key: '', value }];
    const folded = pairs.map((pair) => {
      const key = type === 'HEADER' ? pair.key.toLowerCase() : pair.key;
      return JSON.stringify([key, type === 'HOST_NAME' ? pair.value.toLowerCase() : pair.value]);
    });
    return JSON.stringify([type, compare_type, folded.sort()]);
  });
  return texts.sort().join();
}

function isNetwork(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/');
  const bits = ipVersion(address) === 'v4' ? 32 : 128;
  return (
    ipVersion(address) !== null && more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits
  );
}
