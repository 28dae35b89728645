import { onOneLine, quoted } from '../errors/forLog.ts';

/** One thing wrong with the settings, in the words an operator needs. */
export type Problem = {
  /** The setting’s name as it is typed, such as `VISION_TASK` or `VISION_MODELS.fruit.threshold`. */
  setting: string;
  expected: string;
  /** What stands there now; left out where the value may hold a secret. */
  got?: string;
};

/** Collects every problem, so that an operator mends them in one go. */
export type Problems = (problem: Problem) => void;

/** A value of a setting, as it may stand in a message. */
export { quoted as shown };

export function describe({ setting, expected, got }: Problem): string {
  return onOneLine(`${setting}: expected ${expected}${got === undefined ? '' : `, got ${got}`}`);
}
