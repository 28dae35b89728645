/** Seconds of a .NET time span "hh:mm:ss". @throws for anything else */
export function parseTimeSpan(text: string): number {
  const [, hours, minutes, seconds] = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
  if (!hours || !minutes || !seconds) throw new Error(`Expected a time span like "00:00:30", got "${text}".`);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
