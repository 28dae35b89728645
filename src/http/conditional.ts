/** Whether the caller has this version already: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
export function hasVersion(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === '*') return true;
  for (const [given] of ifNoneMatch.matchAll(/"[^"]*"/gu)) if (given === etag) return true;
  return false;
}
