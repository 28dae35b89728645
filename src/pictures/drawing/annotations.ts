import type { BoundingBox } from '../../prediction.ts';

/** A tag with its probability; `before` goes before it, as a model’s name. */
export type Tag = { tagName: string; probability: number; before?: string };

/** What is drawn over a picture. Boxes are fractions of the upright picture, the most probable first. */
export type Annotations = {
  boxes: readonly (Tag & { box: BoundingBox })[];
  /** Lines in the upper left corner: a tag, or a remark. */
  captions: readonly (Tag | string)[];
};

/** Custom Vision answers 64 boxes or fewer; a document may be anyone’s. */
const MOST_BOXES = 200;
const MOST_CAPTIONS = 12;
/** Signs of a name; a drawing has room for fewer. */
const MOST_SIGNS = 500;

/** What of any annotations there is room and time for. */
export function drawable({ boxes, captions }: Annotations): Annotations {
  const short = (text: string) => text.slice(0, MOST_SIGNS);
  const tag = <T extends Tag>(one: T): T => ({
    ...one,
    tagName: short(one.tagName),
    ...(one.before && { before: short(one.before) }),
  });
  return {
    boxes: boxes.slice(0, MOST_BOXES).map(tag),
    captions: captions
      .slice(0, MOST_CAPTIONS)
      .map((line) => (typeof line === 'string' ? short(line) : tag(line))),
  };
}

/** A line in two parts: the first may be shortened where there is little room, the second not. */
export const words = (line: Tag | string): [name: string, figure: string] =>
  typeof line === 'string'
    ? [line, '']
    : [`${line.before ?? ''}${line.tagName}`, ` ${(line.probability * 100).toFixed(1)} %`];
