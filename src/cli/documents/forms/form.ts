import type { PredictionDocument } from '../../../storage/document.ts';

/**
 * How documents become a file. The file has parts, one after the other, which grow side by side; between them stands what
 * is known at the end alone.
 */
export type Form = {
  /** Before the first part. */
  opening: string;
  /** What a document adds to each part. */
  add(document: PredictionDocument): readonly string[];
  /** After each part. */
  closings(): readonly string[];
  /** Small, and JSON: with it the same form goes on later. */
  state(): unknown;
};
