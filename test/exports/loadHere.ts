import { loadExport } from '../../src/exports/loadExport.ts';
import { prepare } from '../../src/exports/prepare.ts';

/** An export in this very thread, which takes pictures as its own thread does. */
export async function loadHere(...given: Parameters<typeof loadExport>) {
  const loaded = await loadExport(...given);
  const predict = async (image: Buffer) => loaded.score(await prepare(image, loaded.pixels));
  return { ...loaded, predict };
}
