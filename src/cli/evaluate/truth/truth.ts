import type { BoundingBox } from '../../../prediction.ts';

/** A box that people drew. A crowd is a box around many that were not drawn one by one: it neither asks for an answer nor makes one wrong. */
export type TrueBox = { tag: string; box: BoundingBox; crowd: boolean };

/** What a picture shows, as people say. */
export type Labelled = {
  /** As the truth names it, below the folder of the pictures, with slashes. */
  name: string;
  path: string;
  /** Each once; none: it shows nothing of what the model is to find. */
  tags: readonly string[];
  /** Where the truth tells boxes: those, and the sides of the upright picture that they were drawn on. */
  drawn?: { boxes: readonly TrueBox[]; width: number; height: number };
};

export type Truth = { pictures: Labelled[]; notices: string[] };

/** What a file of truth says of a picture, before the picture was looked for. */
export type Told = Omit<Labelled, 'path'>;

/** The first few of many. */
export const some = (names: readonly string[], most = 3): string =>
  names.slice(0, most).join(', ') + (names.length > most ? ', …' : '');
