import type { Selection } from './change.ts';

/** One line an identity, on standard output. */
export function tellSelection({ system, users }: Selection, what: string): void {
  if (system) console.log(`System-assigned identity: ${what}.`);
  for (const id of users) console.log(`${id}: ${what}.`);
}
