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

const SHOWN_CHARACTERS = 80;

/** A value as it may stand in a message: quoted, short, without what of an address may be secret: user and query. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(value)
    .replace(/\/\/[^/]*@/u, '//…@')
    .replace(/\?.*$/su, '?…');
  return text.length > SHOWN_CHARACTERS ? `"${text.slice(0, SHOWN_CHARACTERS)}…"` : `"${text}"`;
}

export function describe({ setting, expected, got }: Problem): string {
  return `${setting}: expected ${expected}${got === undefined ? '' : `, got ${got}`}`;
}
