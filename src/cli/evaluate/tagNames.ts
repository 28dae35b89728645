/**
 * Says which true tag an answered one is: the same, or the only one that differs in letter case alone, for folders are
 * often named in lower case. Others stay as they are.
 */
export function spelling(truths: Iterable<string>): (answered: string) => string {
  const exact = new Set(truths);
  const byLowerCase = Map.groupBy(exact, (tag) => tag.toLowerCase());
  return (answered) => {
    if (exact.has(answered)) return answered;
    const alike = byLowerCase.get(answered.toLowerCase()) ?? [];
    return alike.length === 1 ? (alike[0] ?? answered) : answered;
  };
}
