import type { Tag } from '../training/answers.ts';
import { isTagged, type Listed } from './listing.ts';
import type { TakenPicture } from './manifest.ts';

export type Labelled = { picture: Listed; taken: TakenPicture };

/**
 * The tagged pictures as COCO (https://cocodataset.org/#format-data): boxes in pixels of the upright file; of a classifier
 * annotations have none. Pictures without tags are not labelled, which is something else than labelled with nothing, so
 * they are left out.
 */
export function cocoOf(project: string, tags: readonly Tag[], pictures: readonly Labelled[]): unknown {
  const categoryOf = new Map(tags.map(({ id }, index) => [id, index + 1]));
  const labelled = pictures.filter(({ picture }) => isTagged(picture));
  const annotations = labelled.flatMap(({ picture, taken }, index) =>
    labelsOf(picture).map(({ tagId, box }) => ({
      image_id: index + 1,
      category_id: categoryOf.get(tagId),
      ...(box && boxIn(taken, box)),
      iscrowd: 0,
    })),
  );
  return {
    info: { description: project },
    images: labelled.map(({ taken: { file, width, height } }, index) => ({
      id: index + 1,
      file_name: file,
      width,
      height,
    })),
    annotations: annotations.map((each, index) => ({ id: index + 1, ...each })),
    categories: tags.map(({ id, name }) => ({ id: categoryOf.get(id), name, supercategory: '' })),
  };
}

type Box = { left: number; top: number; width: number; height: number };

/** Every region, and of tags that have none the tag. */
function labelsOf({ tags, regions }: Listed): { tagId: string; box?: Box }[] {
  const boxed = new Set((regions ?? []).map(({ tagId }) => tagId));
  return [
    ...(regions ?? []).map(({ tagId, left, top, width, height }) => ({
      tagId,
      box: { left, top, width, height },
    })),
    ...(tags ?? []).filter(({ tagId }) => !boxed.has(tagId)).map(({ tagId }) => ({ tagId })),
  ];
}

function boxIn(sides: { width: number; height: number }, { left, top, width, height }: Box) {
  const bbox = [left * sides.width, top * sides.height, width * sides.width, height * sides.height].map(
    thousandths,
  );
  const [, , across = 0, down = 0] = bbox;
  return { bbox, area: thousandths(across * down) };
}

/** Fractions come with the precision of a float, of which a thousandth of a pixel is more than is known. */
const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
