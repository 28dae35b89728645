import type { BoundingBox } from '../../prediction.ts';
import type { Size } from '../limits.ts';
import { takingTurns } from '../turns.ts';
import { type Annotations, type Tag, words } from './annotations.ts';
import { coloursOf, PLAIN } from './colours.ts';
import { placeLabel, type Rectangle } from './labels.ts';
import { fitted, type Lettering, tenth } from './lettering.ts';

/** Boxes with their labels, and captions, as the inner markup of an SVG of that size; all of it lies inside. */
export async function overlay(
  size: Size,
  { boxes, captions }: Annotations,
  lettering: Lettering,
): Promise<string> {
  const longest = Math.max(size.width, size.height);
  const letters = Math.max(6, Math.min(longest / 36, Math.min(size.width, size.height) / 3, 36));
  const stroke = Math.max(2, longest / 240);
  const tags = [...boxes, ...captions].filter((each): each is Tag => typeof each !== 'string');
  const colourOf = coloursOf(tags.map(({ tagName }) => tagName));

  const placed: Rectangle[] = [];
  const label = ([name, figure]: [string, string], wanted: 'corner' | Rectangle, colour: string): string => {
    const room = size.width - letters - lettering.width(figure, letters);
    const line = fitted(name, letters, room, lettering) + figure;
    const own = { width: lettering.width(line, letters) + letters / 2, height: letters * 1.35 };
    const at = placeLabel(own, wanted, size, placed);
    placed.push(at);
    return lettering.markup(line, {
      x: tenth(at.left + letters / 4),
      y: tenth(at.top + own.height - letters * 0.15),
      size: letters,
      colour,
    });
  };
  const frames = boxes.map((each) => ({ ...each, frame: inPixels(each.box, size) }));
  const turn = takingTurns();
  const labels: string[] = [];
  for (const line of captions) {
    labels.push(label(words(line), 'corner', typeof line === 'string' ? PLAIN : colourOf(line.tagName)));
    await turn();
  }
  for (const each of frames) {
    labels.push(label(words(each), each.frame, colourOf(each.tagName)));
    await turn();
  }
  return [
    '<g fill="none">',
    ...frames.map(({ frame, tagName }) => frameMarkup(frame, stroke, colourOf(tagName))),
    '</g>',
    '<g font-family="system-ui, sans-serif" font-weight="600" stroke="#000" stroke-linejoin="round" paint-order="stroke">',
    ...labels,
    '</g>',
  ].join('');
}

/** A dark line below the coloured one, so that it shows on pictures of its own colour. */
function frameMarkup(frame: Rectangle, stroke: number, colour: string): string {
  const { left, top, width, height } = frame;
  const rect = (paint: string, thickness: number) =>
    `<rect x="${tenth(left)}" y="${tenth(top)}" width="${tenth(width)}" height="${tenth(height)}" stroke="${paint}" stroke-width="${tenth(thickness)}"/>`;
  return rect('#000', stroke * 2) + rect(colour, stroke);
}

/** Boxes may reach over the edge by rounding, or be anything in a document of somebody else. */
function inPixels(box: BoundingBox, { width, height }: Size): Rectangle {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  const [left, top] = [within(box.left), within(box.top)];
  return {
    left: left * width,
    top: top * height,
    width: (within(box.left + box.width) - left) * width,
    height: (within(box.top + box.height) - top) * height,
  };
}
