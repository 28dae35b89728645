/** Light and far apart, so that they show with a dark outline on any picture, and apart from each other. */
const PALETTE = [
  '#ffd60a',
  '#64d2ff',
  '#ff9f0a',
  '#5ee87a',
  '#ff8fb8',
  '#c9a6ff',
  '#ff7b6e',
  '#7af0e0',
  '#d4f06a',
  '#ffffff',
];
export const PLAIN = '#ffffff';

/** A colour for each tag, the same in every picture unless two tags of one picture would share it. */
export function coloursOf(tagNames: Iterable<string>): (tagName: string) => string {
  const taken = new Map<string, number>();
  for (const tagName of [...new Set(tagNames)].toSorted()) {
    let index = hash(tagName) % PALETTE.length;
    if (taken.size < PALETTE.length) {
      while ([...taken.values()].includes(index)) index = (index + 1) % PALETTE.length;
    }
    taken.set(tagName, index);
  }
  return (tagName) => PALETTE[taken.get(tagName) ?? 0] ?? PLAIN;
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
