/** What looks like a secret wherever it stands; the name before it is kept, so that a reader sees what was taken out. */
const SECRETS: readonly [RegExp, string][] = [
  [/\bey[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/gu, '…token…'],
  [/\b(bearer)\s+[\w.~+/-]{8,}=*/giu, '$1 …'],
  [
    /\b(AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|Password|Pwd)=[^;&\s"']+/giu,
    '$1=…',
  ],
  [/([?&](?:sig|code|key|subscription-key|sv|se|sp|token)=)[^&\s"']+/giu, '$1…'],
  [/("[^"]*(?:key|secret|password|token)"\s*:\s*)"[^"]*"/giu, '$1"…"'],
  [/\/\/[^/\s"'@]+@/gu, '//…@'],
];

/** Settings whose very value is one. */
const SECRET_NAME = /KEY(?!LESS)|SECRET|PASSWORD|TOKEN$|CONNECTION_?STRING|IDENTITY_HEADER|SAS$/iu;
const SHORTEST = 6;

/** Control characters other than the line break could drive a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/gu;

/** A function that takes secrets out of text: those of the environment, and what looks like one. */
export function createRedaction(
  environment: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const known = Object.entries(environment)
    .flatMap(([name, value]) => secretsOf(name, value?.trim() ?? ''))
    .filter((value) => value.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length);
  return (text) => {
    let safe = text.replace(CONTROL, ' ');
    for (const secret of known) safe = safe.replaceAll(secret, '…');
    for (const [pattern, replacement] of SECRETS) safe = safe.replace(pattern, replacement);
    return safe;
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
