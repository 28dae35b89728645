/** What a COCO file says of one picture: each box as its tag and left, top, right and bottom in pixels. */
export type CocoPicture = {
  file: string;
  width: number;
  height: number;
  boxes: { tag: string; corners: number[] }[];
  /** Those of annotations without a box. */
  tags: string[];
};

type Raw = { images: object[]; annotations: object[]; categories: object[] };

/**
 * A reader of COCO that shares nothing with its writer, and believes nothing: every id once, every reference there, every
 * box inside its picture and of its area (https://cocodataset.org/#format-data). Throws an Error otherwise.
 */
export function readCoco(text: string): CocoPicture[] {
  const raw = JSON.parse(text) as Raw;
  const names = indexed(raw.categories, 'name') as Map<number, { name: string }>;
  const images = indexed(raw.images, 'file_name') as Map<
    number,
    { file_name: string; width: number; height: number }
  >;
  indexed(raw.annotations, 'image_id');
  const pictures = new Map<number, CocoPicture>();
  for (const [id, { file_name: file, width, height }] of images)
    pictures.set(id, { file, width, height, boxes: [], tags: [] });
  for (const each of raw.annotations as {
    image_id: number;
    category_id: number;
    bbox?: [number, number, number, number];
    area?: number;
  }[]) {
    const picture = pictures.get(each.image_id);
    const name = names.get(each.category_id)?.name;
    if (!picture || name === undefined) throw new Error('an annotation of nothing');
    if (!each.bbox) {
      picture.tags.push(name);
      continue;
    }
    const [x, y, across, down] = each.bbox;
    if (x < 0 || y < 0 || x + across > picture.width + 0.01 || y + down > picture.height + 0.01)
      throw new Error(`a box outside ${picture.file}`);
    if (Math.abs((each.area ?? 0) - across * down) > 0.01) throw new Error(`an area of ${each.area}`);
    picture.boxes.push({ tag: name, corners: [x, y, x + across, y + down] });
  }
  return [...pictures.values()];
}

function indexed(all: object[], needs: string): Map<number, object> {
  const byId = new Map<number, object>();
  for (const each of all) {
    if (!('id' in each) || typeof each.id !== 'number' || byId.has(each.id))
      throw new Error('an id twice, or none');
    if (!(needs in each)) throw new Error(`no ${needs}`);
    byId.set(each.id, each);
  }
  return byId;
}
