import { dirname, relative, sep } from 'node:path';
import { UsageError } from '../../faults.ts';
import { namedPictures } from '../../predict/pictures.ts';
import { some, type Truth } from './truth.ts';

/** `apple/tree-7.jpg` shows an apple: the tag is the folder that a picture lies in, below the one named. */
export async function truthOfFolders(folder: string): Promise<Truth> {
  const found = (await namedPictures([folder])).map(({ name: path }) => {
    const name = relative(folder, path).split(sep).join('/');
    return { name, path, tag: dirname(name) };
  });
  const labelled = found.filter(({ tag }) => tag !== '.');
  const loose = found.filter(({ tag }) => tag === '.').map(({ name }) => name);
  if (labelled.length === 0) {
    throw new UsageError(
      `The pictures in ${folder} lie in no folder of their tag.`,
      'Put those of apples into a folder apple, and so on, or tell their tags in a file with --truth.',
    );
  }
  return {
    pictures: labelled.map(({ name, path, tag }) => ({ name, path, tags: [tag] })),
    notices:
      loose.length > 0
        ? [`${loose.length} pictures lie in no folder of a tag and are left out: ${some(loose)}.`]
        : [],
  };
}
