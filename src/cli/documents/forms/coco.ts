import * as v from 'valibot';
import type { BoundingBox, Prediction } from '../../../prediction.ts';
import type { PredictionDocument } from '../../../storage/document.ts';
import { UsageError } from '../../faults.ts';
import type { Form } from './form.ts';

const stateSchema = v.object({
  images: v.number(),
  annotations: v.number(),
  categories: v.array(v.string()),
  model: v.optional(v.string()),
});

/**
 * What was accepted as COCO (https://cocodataset.org/#format-data): boxes in pixels within the picture, each with its
 * score; of a classifier a tag without a box. Pictures that failed are left out. Throws a UsageError at the answer of a
 * second model: two would draw the same things twice.
 */
export function coco(before: unknown): Form {
  const state = before ? v.parse(stateSchema, before) : { images: 0, annotations: 0, categories: [] };
  const idOf = new Map(state.categories.map((name, index) => [name, index + 1]));
  let { images, annotations, model } = state;

  const category = (tag: string): number => {
    const id = idOf.get(tag) ?? idOf.size + 1;
    idOf.set(tag, id);
    return id;
  };

  function annotation({ tagName, probability, boundingBox }: Prediction, sides: Sides): string {
    annotations += 1;
    const of = { id: annotations, image_id: images, category_id: category(tagName), score: probability };
    const box = boundingBox && pixels(boundingBox, sides);
    const drawn = box && { bbox: box, area: (box[2] ?? 0) * (box[3] ?? 0) };
    return `${annotations > 1 ? ',\n' : ''}${JSON.stringify({ ...of, ...drawn, iscrowd: 0 })}`;
  }

  return {
    opening: '{"images":[\n',
    add(document) {
      const { name, url, width = 0, height = 0 } = document.image;
      if (document.status !== 'succeeded') return ['', ''];
      model = onlyModel(document, model);
      images += 1;
      const image = { id: images, file_name: name ?? url, width, height };
      const accepted = document.results.flatMap((result) => result.accepted);
      return [
        `${images > 1 ? ',\n' : ''}${JSON.stringify(image)}`,
        accepted.map((each) => annotation(each, { width, height })).join(''),
      ];
    },
    closings: () => [
      '\n],"annotations":[\n',
      `\n],"categories":${JSON.stringify([...idOf].map(([name, id]) => ({ id, name })))}}\n`,
    ],
    state: () => ({ images, annotations, categories: [...idOf.keys()], ...(model && { model }) }),
  };
}

function onlyModel({ results }: PredictionDocument, known: string | undefined): string | undefined {
  const names = new Set([...(known === undefined ? [] : [known]), ...results.map(({ model }) => model)]);
  const [first, second] = names;
  if (second === undefined) return first;
  throw new UsageError(
    `COCO holds the answers of one model, and there are those of ${first} and ${second}.`,
    `Name one: --model ${first}`,
  );
}

type Sides = { width: number; height: number };

/** Left, top, width and height, in hundredths of a pixel; a box may reach a little over the edge, COCO’s may not. */
function pixels(box: BoundingBox, { width, height }: Sides): number[] {
  const within = (share: number, side: number) =>
    Math.round(Math.min(1, Math.max(0, share)) * side * 100) / 100;
  const [left, top] = [within(box.left, width), within(box.top, height)];
  const [right, bottom] = [within(box.left + box.width, width), within(box.top + box.height, height)];
  return [left, top, right - left, bottom - top].map((side) => Math.round(side * 100) / 100);
}
