/**
 * How an exchange ended without an answer that can be read. `silence`: its time was over; `connection`: it was not to be
 * had, or closed before an answer; `cut`: the answer broke off; `foreign`: it is too long, no HTTP, or in a coding that
 * cannot be undone.
 */
export type Ending = 'silence' | 'connection' | 'cut' | 'foreign';

/** The message says it of an address: `did not answer (ECONNREFUSED)`. */
export class OutboundFailure extends Error {
  override name = 'OutboundFailure';
  readonly ending: Ending;
  /** The system’s word, or the library’s. */
  readonly code: string;
  /** The answer without its text, where one had begun. */
  begun: { status: number; headers: Record<string, string> } | undefined;

  constructor(ending: Ending, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.ending = ending;
    this.code = code;
  }
}

/** What was thrown, as a failure; undefined where it is no connection’s. `status`: that of the answer that had begun. */
export function failureOf(
  thrown: unknown,
  timeIsOver: boolean,
  status: number | undefined,
): OutboundFailure | undefined {
  if (thrown instanceof OutboundFailure) return thrown;
  const { name, code = name } = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : {};
  if (name === undefined || code === undefined) return undefined;
  const begun = `answered HTTP ${status}`;
  if (timeIsOver || /timeout/iu.test(name)) {
    const how = status === undefined ? 'did not answer in time' : `${begun}, but not to its end in time`;
    return new OutboundFailure('silence', code, how, thrown);
  }
  if (name === 'HTTPParserError')
    return new OutboundFailure('foreign', code, 'answered, but not by HTTP', thrown);
  if (code === name) return undefined; // no system’s word: a fault of ours
  return status === undefined
    ? new OutboundFailure('connection', code, `did not answer (${code})`, thrown)
    : new OutboundFailure('cut', code, `${begun} and broke off (${code})`, thrown);
}

/**
 * Whether something else answered in the place of a service of Azure, as proxies and captive portals do: with a page, or
 * by sending elsewhere. Services speak JSON or XML and send nobody elsewhere. From 500 on it passes, whoever says it.
 */
export const isStranger = (status: number, contentType: string | null | undefined): boolean =>
  (status >= 300 && status < 400) || status === 407 || (status < 500 && /\bhtml\b/iu.test(contentType ?? ''));
