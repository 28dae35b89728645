import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { drawAnnotations } from '../../pictures/drawing/drawing.ts';
import { annotationsOf } from '../../storage/annotations.ts';
import { UsageError } from '../faults.ts';
import type { Scored } from './score.ts';

export type Drawings = {
  /** Draws a picture that succeeded; resolves with the file, or undefined where the picture is not here (a url). */
  draw(scored: Scored): Promise<string | undefined>;
};

/** SVG files in a folder, which is made: apple.jpg.svg, and apple.jpg-2.svg for another of that name. */
export async function openDrawings(directory: string): Promise<Drawings> {
  await mkdir(directory, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`The folder ${directory} cannot be made (${cause.code ?? cause.message}).`);
  });
  const taken = new Set<string>();
  return {
    async draw({ document, image }) {
      if (document.status !== 'succeeded' || !image || !('bytes' in image)) return undefined;
      const path = join(directory, freeName(document.image.name ?? '', taken));
      const { body } = await drawAnnotations(image.bytes, annotationsOf(document, undefined), 'svg');
      await writeFile(path, body);
      return path;
    },
  };
}

/** Also where files differ by case alone, which some systems take for one. */
function freeName(name: string, taken: Set<string>): string {
  const stem = name === '-' ? 'picture' : basename(name);
  for (let number = 1; ; number += 1) {
    const free = `${stem}${number === 1 ? '' : `-${number}`}.svg`;
    if (taken.has(free.toLowerCase())) continue;
    taken.add(free.toLowerCase());
    return free;
  }
}
