/** What differs from run to run, by what it is; longest patterns first. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/giu, '<id>'],
  [/\b[0-9a-f]{32,64}\b/gu, '<hash>'],
  [/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z| UTC)?/gu, '<time>'],
  [/\d{4}-\d{2}-\d{2}(?=\D|$)/gu, '<date>'],
  [/(127\.0\.0\.1|localhost):\d+/gu, '127.0.0.1:<port>'],
  [/"?0x[0-9A-F]{15}"?/gu, '<etag>'],
  [/\b\d+(\.\d+)? (ms|s|h|min)\b( \d+ (s|min)\b)?/gu, '<duration>'],
  [/("\w+Ms": ?)\d+(\.\d+)?/gu, '$1<duration>'],
  // a picture drawn anew is encoded by the processor's own ways
  [/("bytes": ?)\d+/gu, '$1<bytes>'],
  [/\b\d+(\.\d+)? [kM]B\b/gu, '<size>'],
  // what a model computes differs in the last digits from processor to processor
  [/\b(0\.\d{3})\d{2,}\b/gu, '$1…'],
  [/\b\d+(\.\d+ hours| days|s) left\b/gu, '<duration> left'],
  [/\b\d+(\.\d+)?\/s\b/gu, '<rate>/s'],
  [/\/tmp\/[\w./-]+/gu, '<folder>'],
];

/** A command's output as it may be kept: without ids, times, ports and folders; columns that these widen are one blank. */
export function withoutIds(output: string): string {
  const steady = CHANGING.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), output);
  return steady.replaceAll(/(?<=\S) {2,}/gu, '  ').replaceAll(/ +$/gmu, '');
}

/** What no output may hold, besides the canaries planted for it. */
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['a token', /\bey[A-Za-z0-9_-]{16,}/u],
  ['the emulator’s key', /Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1/u],
  ['a connection string', /(AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey)=\S/iu],
  ['a signature', /[?&](sig|code)=[\w%+/-]{8,}/u],
  ['an authorization header', /\bBearer\s+\S{8,}/iu],
];

/** The names of the secrets that show in an output; canaries are what was planted, by name. */
export function secretsIn(output: string, canaries: Readonly<Record<string, string>> = {}): string[] {
  return [
    ...SECRETS.filter(([, pattern]) => pattern.test(output)).map(([name]) => name),
    ...Object.entries(canaries)
      .filter(([, value]) => output.includes(value))
      .map(([name]) => `the canary ${name}`),
  ];
}
