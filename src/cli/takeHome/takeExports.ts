import PQueue from 'p-queue';
import { asKeylessError } from '../../errors/errors.ts';
import { explain } from '../faults.ts';
import { plain } from '../table.ts';
import { takeExport, type WantedExport } from './exports.ts';
import { isOnnx } from './forms.ts';
import type { TakenExport } from './manifest.ts';
import type { PictureParts } from './pictures.ts';

/** The service makes several at a time, each in a minute or two. */
const AT_ONCE = 4;

/** Takes those that are not there yet; one that fails is told and keeps no other. Resolves with how many failed. */
export async function takeExports(
  parts: PictureParts,
  wanted: readonly WantedExport[],
  step: () => void,
): Promise<number> {
  const { taken, signal } = parts;
  const lanes = new PQueue({ concurrency: AT_ONCE });

  async function take(each: WantedExport): Promise<boolean> {
    const { iteration, form } = each;
    const isThis = (known: TakenExport) => isOf(known, each);
    try {
      const present = taken.exports.find((known) => isThis(known) && known.checked === isOnnx(form));
      const done = present ?? (await takeExport(parts, each));
      if (!present) {
        taken.exports = [...taken.exports.filter((known) => !isThis(known)), done];
        await taken.save();
      }
      for (const notice of done.notices) console.error(plain(`${iteration.name} as ${form}: ${notice}`));
      return done.checked === isOnnx(form);
    } catch (error) {
      if (signal.aborted) throw error;
      console.error(explain(asKeylessError(error)));
      return false;
    } finally {
      step();
    }
  }

  try {
    const done = await Promise.all(wanted.map((each) => lanes.add(() => take(each), { signal })));
    return done.filter((well) => !well).length;
  } finally {
    await lanes.onIdle();
    // as they were asked for, whichever was there first
    const rank = (known: TakenExport) => wanted.findIndex((each) => isOf(known, each));
    taken.exports = taken.exports.toSorted((one, other) => rank(one) - rank(other));
  }
}

const isOf = (known: TakenExport, { iteration, form }: WantedExport): boolean =>
  known.iteration === iteration.id && known.form === form;
