/** What ends an address in a text, also in one that is on one line already. */
const END = '\\s\ufffd"\'<>“”';
const URLS = new RegExp(`://([^${END}?#]*)([?#][^${END}]*)?`, 'gu');
/** An address without its beginning, or one that is encoded within another text. */
const QUERIES = new RegExp(`(?<=[^${END}\\[({])(?:\\?[\\w$%.~-]+=|%3f)[^${END}]*`, 'giu');

/** What looks like a secret wherever it stands; the name before it is kept, so that a reader sees what was taken out. */
const SECRETS: readonly [RegExp, string][] = [
  [/(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*)*/gu, '…token…'],
  [/\b(bearer)[\s\ufffd]+[\w.~+/-]{8,}=*/giu, '$1 …'],
  [
    /\b(AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|Password|Pwd)=[^;&\s\ufffd"']+/giu,
    '$1=…',
  ],
  [/([?&;](?:sig|code|key|subscription-key|sv|se|sp|token)=)[^&\s\ufffd"']+/giu, '$1…'],
  [/("[^"]*(?:key|secret|password|token)"\s*:\s*)"[^"]*"/giu, '$1"…"'],
];

/**
 * A text without what may be secret in it: tokens, keys, and of every address the user and the query, which may be a
 * signature. Takes time in proportion to the text, whatever it is.
 */
export function withoutSecrets(text: string): string {
  let safe = text.replaceAll(
    URLS,
    (_, rest: string, query?: string) => `://${withoutUser(rest)}${query ? '?…' : ''}`,
  );
  safe = safe.replaceAll(QUERIES, '?…');
  for (const [pattern, replacement] of SECRETS) safe = safe.replaceAll(pattern, replacement);
  return safe;
}

/** Of `user:password@host/path`. */
function withoutUser(rest: string): string {
  const host = rest.split('/', 1)[0] ?? '';
  const at = host.lastIndexOf('@');
  return at === -1 ? rest : `…${rest.slice(at)}`;
}
