import sharp from 'sharp';
import type { TrainingPicture, TrainingProject } from '../../local/trainingApi/contract.ts';
import { domainNamed, iteration } from '../../local/trainingApi/projects.ts';
import { stableUuid } from '../../src/exports/stableUuid.ts';

const TAGS = ['apple', 'pear, ripe', 'plum “blue”'].map((name) => ({
  id: stableUuid(`tag ${name}`),
  name,
  type: 'Regular' as const,
}));

/**
 * A project of so many pictures, each other bytes: every tenth has no tag, every seventh lies on its side by EXIF, every
 * fifth is a PNG; the others have one to three regions. Two iterations, of which the later cannot be exported.
 */
export async function orchardProject(pictures: number): Promise<TrainingProject> {
  const domain = (name: string) => domainNamed('ObjectDetection', name).id;
  const kind = { classificationType: null, status: 'Completed' as const };
  const compact = domain('General (compact) [S1]');
  return {
    id: stableUuid(`orchard of ${pictures}`),
    name: 'Orchard: east & west',
    domainId: compact,
    classificationType: null,
    tags: TAGS,
    iterations: [
      iteration({ id: stableUuid('first'), name: 'Iteration 1', domainId: compact, ...kind }, 'orchard'),
      iteration({
        ...{ id: stableUuid('second'), name: 'Iteration 2', domainId: domain('General'), ...kind },
        ...{ exportable: false, exportableTo: [] },
      }),
    ],
    pictures: await Promise.all(Array.from({ length: pictures }, (_, index) => pictureAt(index))),
  };
}

async function pictureAt(index: number): Promise<TrainingPicture> {
  const [width, height] = [40 + (index % 9), 30 + (index % 5)];
  const channels = 3;
  const raw = Buffer.alloc(width * height * channels, (index * 37) % 256);
  raw.writeUInt32BE(index, 0);
  const image = sharp(raw, { raw: { width, height, channels } });
  const onItsSide = index % 7 === 0;
  const bytes =
    index % 5 === 0
      ? await image.png().toBuffer()
      : await image
          .jpeg()
          .withMetadata({ orientation: onItsSide ? 6 : 1 })
          .toBuffer();
  const upright = index % 5 !== 0 && onItsSide ? { width: height, height: width } : { width, height };
  const regions = Array.from({ length: index % 10 === 0 ? 0 : 1 + (index % 3) }, (_, at) => ({
    tagId: TAGS[(index + at) % TAGS.length]?.id ?? '',
    ...{ left: 0.1 * (at + 1), top: 0.05, width: 0.123_456_78, height: 0.5 },
  }));
  return {
    ...{ id: stableUuid(`picture ${index}`), bytes, regions, ...upright },
    tagIds: [...new Set(regions.map(({ tagId }) => tagId))],
  };
}
