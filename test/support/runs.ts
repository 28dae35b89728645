/** How often `npm test` tries a property that is dear to try; `npm run proofs` tries it twenty times as often. */
export const runs = (count: number): number => count * Number(process.env.RUNS_FACTOR ?? 1);
