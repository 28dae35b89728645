/**
 * Seconds of Retry-After, given as seconds or as a date (RFC 9110, 10.2.3); undefined where it says neither. A gateway
 * and the service behind it may each put one on the answer: the longest counts, as coming sooner would be too soon for one
 * of them.
 */
export function readRetryAfter(value: string | string[] | null | undefined): number | undefined {
  const told = [value ?? []]
    .flat()
    .flatMap(split)
    .flatMap((text) => secondsOf(text.trim()) ?? []);
  return told.length > 0 ? Math.max(...told) : undefined;
}

/** Seconds that somebody on the way has joined to one line; a date has a comma of its own. */
const split = (text: string): string[] => (/^[\d\s.,]+$/u.test(text) ? text.split(',') : [text]);

function secondsOf(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/u.test(text)) return Number(text);
  const until = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/u.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
