import { type Lettering, tenth } from './lettering.ts';

/**
 * Letters for a machine without fonts, as small containers are: there a renderer draws an empty box for every letter.
 * ASCII from the blank on, five columns of eight rows, a byte a column, its lowest bit on top.
 */
const COLUMNS = Buffer.from(
  '000000000000005f00000007000700147f147f14242a7f2a12231308646236495620500008070300001c2241000041221c00' +
    '2a1c7f1c2a08083e080800807030000808080808000060600020100804023e5149453e00427f400072494949462141494d33' +
    '1814127f1027454545393c4a49493141211109073649494936464949291e0000140000004034000000081422411414141414' +
    '004122140802015909063e415d594e7c1211127c7f494949363e414141227f4141413e7f494949417f090909013e41415173' +
    '7f0808087f00417f41002040413f017f081422417f404040407f021c027f7f0408107f3e4141413e7f090909063e4151215e' +
    '7f09192946264949493203017f01033f4040403f1f2040201f3f4038403f631408146303047804036159494d43007f414141' +
    '0204081020004141417f04020102044040404040000307080020545478407f284444383844444428384444287f3854545418' +
    '00087e090218a4a49c787f0804047800447d40002040403d007f1028440000417f40007c047804787c080404783844444438' +
    'fc1824241818242418fc7c08040408485454542404043f44243c4040207c1c2040201c3c4030403c44281028444c9090907c' +
    '4464544c440008364100000077000000413608000201020402',
  'hex',
);
const GLYPH_COLUMNS = 5;
const ROWS = 8;
const ADVANCE = 6;

/** What is not in the font: the letter without its accents, else a question mark. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^ -~]/gu, '?');

export const pixelLettering: Lettering = {
  width: (text, size) => plain(text).length * ADVANCE * (size / ROWS),
  markup: (text, { x, y, size, colour }) => {
    const dot = size / ROWS;
    const dots = [...plain(text)].flatMap((sign, place) =>
      columnsOf(sign).flatMap((column, index) =>
        Array.from({ length: ROWS }, (_, row) => row)
          .filter((row) => (column >> row) & 1)
          .map((row) => `M${place * ADVANCE + index} ${row}h1v1h-1z`),
      ),
    );
    return `<path transform="translate(${tenth(x)} ${tenth(y - size)}) scale(${dot})" d="${dots.join('')}" fill="${colour}" stroke-width="2"/>`;
  },
};

function columnsOf(sign: string): number[] {
  const from = (sign.charCodeAt(0) - 0x20) * GLYPH_COLUMNS;
  return [...COLUMNS.subarray(from, from + GLYPH_COLUMNS)];
}
