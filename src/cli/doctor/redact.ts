import { onOneLine } from '../../errors/forLog.ts';
import { withoutSecrets } from '../../errors/secrets.ts';

/** Settings whose very value is one. */
const SECRET_NAME = /KEY(?!LESS)|SECRET|PASSWORD|TOKEN$|CONNECTION_?STRING|IDENTITY_HEADER|SAS$/iu;
const SHORTEST = 6;

/** A function that takes secrets out of text: those of the environment, and what looks like one. */
export function createRedaction(
  environment: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const known = Object.entries(environment)
    .flatMap(([name, value]) => secretsOf(name, value?.trim() ?? ''))
    .filter((value) => value.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length);
  return (text) => {
    let safe = text.split('\n').map(onOneLine).join('\n');
    for (const secret of known) safe = safe.replaceAll(secret, '…');
    return withoutSecrets(safe);
  };
}

function secretsOf(name: string, value: string): string[] {
  const parts = [...value.matchAll(/(?:AccountKey|SharedAccessKey|SharedAccessSignature)=([^;]+)/giu)].map(
    ([, secret = '']) => secret,
  );
  return SECRET_NAME.test(name) ? [value, ...parts] : parts;
}

/** The same value with every string in it made safe. */
export function redacted<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((each) => redacted(each, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, redacted(each, redact)])) as T;
}
