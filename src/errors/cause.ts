import { withoutSecrets } from './secrets.ts';

/** Libraries hang the request onto their errors, with the token in its headers and the picture in its body. */
const EXCHANGE = ['request', 'response'];
const DEEPEST = 4;
/** Of a service’s words more tells nobody anything. */
const LONGEST_TEXT = 4_096;

const cleaned = new WeakSet<object>();

/** What a library threw, in place: whoever prints it finds neither the request nor a secret in any text of it. */
export function withoutSecretsIn<T>(thrown: T, depth = 0): T {
  if (typeof thrown !== 'object' || thrown === null || cleaned.has(thrown)) return thrown;
  if (!(thrown instanceof Error) && !Array.isArray(thrown) && !isPlain(thrown)) return thrown;
  cleaned.add(thrown);
  for (const member of EXCHANGE) Reflect.deleteProperty(thrown, member);
  const members = thrown as Record<PropertyKey, unknown>;
  for (const name of Reflect.ownKeys(thrown)) {
    const value = members[name];
    if (typeof value === 'string') {
      const safe = withoutSecrets(value.slice(0, LONGEST_TEXT));
      if (safe !== value) Reflect.set(thrown, name, safe);
    } else if (depth < DEEPEST) withoutSecretsIn(value, depth + 1);
  }
  return thrown;
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));
