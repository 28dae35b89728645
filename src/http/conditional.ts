/** Whether the caller has this version already: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
export function hasVersion(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return [...ifNoneMatch.matchAll(/(?:W\/)?("[^"]*")/gu)].some(([, each]) => each === etag);
}
