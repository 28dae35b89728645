/** New principals reach the servers that check them some requests later. */
export type Replication = {
  /** For this many checks the principal is not there yet. */
  begin(id: string, checks: number): void;
  /** One check: whether it still is not there. */
  lags(id: string): boolean;
  clear(): void;
};

export function createReplication(): Replication {
  const left = new Map<string, number>();
  return {
    begin: (id, checks) => void left.set(id.toLowerCase(), checks),
    lags: (id) => {
      const checks = left.get(id.toLowerCase()) ?? 0;
      left.set(id.toLowerCase(), Math.max(0, checks - 1));
      return checks > 0;
    },
    clear: () => left.clear(),
  };
}
