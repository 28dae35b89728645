import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { UsageError } from '../../faults.ts';
import type { Told, TrueBox } from './truth.ts';

const id = v.union([v.number(), v.string()]);
const side = v.pipe(v.number(), v.gtValue(0), v.finite());
const bbox = v.strictTuple([
  v.number(),
  v.number(),
  v.pipe(v.number(), v.minValue(0)),
  v.pipe(v.number(), v.minValue(0)),
]);

/**
 * The parts of a COCO file that tell boxes and tags: https://cocodataset.org/#format-data. A bbox is left, top, width and
 * height in pixels; annotations of a classifier have none, as those that Azure AI Vision takes.
 */
const schema = v.object({
  images: v.array(
    v.object({
      id,
      file_name: v.pipe(v.string(), v.nonEmpty()),
      width: v.optional(side),
      height: v.optional(side),
    }),
  ),
  annotations: v.array(
    v.object({
      image_id: id,
      category_id: id,
      bbox: v.optional(bbox),
      iscrowd: v.optional(v.union([v.literal(0), v.literal(1), v.boolean()])),
    }),
  ),
  categories: v.array(v.object({ id, name: v.pipe(v.string(), v.nonEmpty()) })),
});
type Coco = v.InferOutput<typeof schema>;

/** Throws a UsageError that says which part is none of COCO’s. */
export async function readCoco(file: string): Promise<Told[]> {
  const { images, annotations, categories } = parse(file, await readFile(file, 'utf8'));
  const names = new Map(categories.map((each) => [each.id, each.name]));
  const ofImage = Map.groupBy(annotations, (each) => each.image_id);
  const known = new Set(images.map((each) => each.id));
  const lost = annotations.find((each) => !known.has(each.image_id) || !names.has(each.category_id));
  if (lost) {
    throw new UsageError(
      `${file}: an annotation is of the image ${lost.image_id} and the category ${lost.category_id}, and one of them is not in the file.`,
    );
  }
  return images.map((image) => toldOf(image, ofImage.get(image.id) ?? [], names));
}

function parse(file: string, text: string): Coco {
  try {
    return v.parse(schema, JSON.parse(text.replace(/^\uFEFF/u, '')));
  } catch (cause) {
    const why =
      cause instanceof v.ValiError
        ? `${v.getDotPath(cause.issues[0]) ?? 'the whole'}: ${cause.issues[0].message}`
        : (cause as Error).message;
    const error = new UsageError(
      `${file} is no COCO file: ${why}`,
      'Expected {"images": [{id, file_name, width, height}], "annotations": [{image_id, category_id, bbox}], "categories": [{id, name}]}.',
    );
    error.cause = cause;
    throw error;
  }
}

/** Boxes are told where all annotations have one, and the picture its sides. */
function toldOf(
  { file_name, width, height }: Coco['images'][number],
  annotations: Coco['annotations'],
  names: ReadonlyMap<Coco['categories'][number]['id'], string>,
): Told {
  const tagOf = (each: Coco['annotations'][number]) => names.get(each.category_id) ?? '';
  const told: Told = { name: file_name.replaceAll('\\', '/'), tags: [...new Set(annotations.map(tagOf))] };
  if (width === undefined || height === undefined) return told;
  const boxes = annotations.flatMap((each): TrueBox[] => {
    if (!each.bbox) return [];
    const [left, top, across, down] = each.bbox;
    const box = { left: left / width, top: top / height, width: across / width, height: down / height };
    return [{ tag: tagOf(each), box, crowd: Boolean(each.iscrowd) }];
  });
  return boxes.length === annotations.length ? { ...told, drawn: { boxes, width, height } } : told;
}
