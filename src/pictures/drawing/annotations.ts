import type { BoundingBox } from '../../prediction.ts';

/** A tag with its probability; `before` goes before it, as a model’s name. */
export type Tag = { tagName: string; probability: number; before?: string };

/** What is drawn over a picture. Boxes are fractions of the upright picture, the most probable first. */
export type Annotations = {
  boxes: readonly (Tag & { box: BoundingBox })[];
  /** Lines in the upper left corner: a tag, or a remark. */
  captions: readonly (Tag | string)[];
};

/** A line in two parts: the first may be shortened where there is little room, the second not. */
export const words = (line: Tag | string): [name: string, figure: string] =>
  typeof line === 'string'
    ? [line, '']
    : [`${line.before ?? ''}${line.tagName}`, ` ${(line.probability * 100).toFixed(1)} %`];
