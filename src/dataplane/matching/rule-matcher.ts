import { BlockList } from 'node:net';
import { LinearExpression } from '../../model/expressions/linear-expression.ts';
import type { RequestPart, RuleConfiguration } from '../policy-configuration.ts';
import { cookiesOf, parametersOf, type RequestFacts } from './request-facts.ts';
import { matchesWildcards } from './wildcards.ts';

/** Whether a request has one of a rule's values. Never throws. */
type Test = (facts: RequestFacts) => boolean;

/** The registry: a new part of requests is one function and one entry here. */
const tests: Readonly<Record<RequestPart, (rule: RuleConfiguration) => Test>> = {
  host: ({ values }) => {
    return ({ host }) => values.some((value) => matchesHost(value, host));
  },
  path: testOfPath,
  method: ({ values }) => {
    return ({ method }) => values.includes(method);
  },
  header: ({ name, values }) => {
    return (facts) => matchesAny(values, facts.headers(name));
  },
  query: ({ name, values }) => {
    return ({ query }) => matchesAny(values, parametersOf(query, name));
  },
  cookie: ({ name, values }) => {
    return (facts) => matchesAny(values, cookiesOf(facts.headers('cookie'), name));
  },
  'client-address': testOfAddress,
};

/** One rule of a policy, ready to be asked. */
export class RuleMatcher {
  readonly configuration: RuleConfiguration;
  readonly #test: Test;

  constructor(configuration: RuleConfiguration) {
    this.configuration = configuration;
    this.#test = tests[configuration.part](configuration);
  }

  /** Whether a request meets the rule. */
  isMet(facts: RequestFacts): boolean {
    return this.#test(facts) !== this.configuration.inverted;
  }

  /** Says why a request does not meet the rule, for people. */
  whyNotMet(facts: RequestFacts): string {
    const { part, name, comparison, values, inverted } = this.configuration;
    const what = name === '' ? words[part] : `${words[part]} ${name}`;
    const how = part === 'path' && comparison !== 'equal' ? comparisonWords[comparison] : '';
    const expected = `${inverted ? 'anything but ' : ''}${how}${values.join(' or ')}`;
    const seen = seenIn(this.configuration, facts);
    return `Its ${what} is ${seen === '' ? 'not there' : `"${seen}"`}; the rule expects ${expected}.`;
  }

  /** Text that `$1` and so on stand for, when a request meets the rule; null when the rule has no groups. */
  groups(facts: RequestFacts): readonly (string | undefined)[] | null {
    const { part, comparison, values } = this.configuration;
    if (part === 'path' && comparison === 'expression') {
      for (const value of values) {
        const groups = expressionOf(value)?.groups(facts.path);
        if (groups) return groups;
      }
    }
    if (part === 'host') {
      const wildcard = values.find((value) => value.startsWith('*.') && matchesHost(value, facts.host));
      if (wildcard) return [facts.host, facts.host.slice(0, 1 - wildcard.length)];
    }
    return null;
  }
}

const words: Readonly<Record<RequestPart, string>> = {
  ...{ host: 'host', path: 'path', method: 'method', header: 'header', query: 'query parameter' },
  ...{ cookie: 'cookie', 'client-address': 'client address' },
};

const comparisonWords = { prefix: 'one that begins with ', expression: 'a match of ' } as const;

function seenIn({ part, name }: RuleConfiguration, facts: RequestFacts): string {
  switch (part) {
    case 'header':
      return facts.headers(name).join(', ');
    case 'query':
      return parametersOf(facts.query, name).join(', ');
    case 'cookie':
      return cookiesOf(facts.headers('cookie'), name).join(', ');
    case 'client-address':
      return facts.clientAddress;
    default:
      return facts[part];
  }
}

/** Whether a host, in lower case, is the one that a rule names, or one of those behind its `*.`. */
function matchesHost(value: string, host: string): boolean {
  if (!value.startsWith('*.')) return value === host;
  return host.length >= value.length && host.endsWith(value.slice(1));
}

function testOfPath({ comparison, values }: RuleConfiguration): Test {
  switch (comparison) {
    case 'equal':
      return ({ path }) => values.includes(path);
    case 'prefix':
      return ({ path }) => values.some((value) => path.startsWith(value));
    case 'expression': {
      const expressions = values.flatMap((value) => expressionOf(value) ?? []);
      return ({ path }) => expressions.some((expression) => expression.test(path));
    }
  }
}

/** Null for one that cannot be run: stored before it would have been refused, it matches nothing. */
function expressionOf(text: string): LinearExpression | null {
  try {
    return new LinearExpression(text);
  } catch {
    return null;
  }
}

function testOfAddress({ values }: RuleConfiguration): Test {
  const networks = new BlockList();
  for (const value of values) {
    const [address = '', prefix = ''] = value.split('/');
    networks.addSubnet(address, Number(prefix), familyOf(address));
  }
  return ({ clientAddress }) =>
    clientAddress !== '' && networks.check(clientAddress, familyOf(clientAddress));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function matchesAny(patterns: readonly string[], texts: readonly string[]): boolean {
  return texts.some((text) => patterns.some((pattern) => matchesWildcards(pattern, text)));
}
