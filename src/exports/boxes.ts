import type { Score } from './answer.ts';
import type { KindTest, PixelRule } from './kind.ts';
import { numbersOf } from './runtime.ts';

const LEAST_PROBABILITY = 0.01;

const RULE: PixelRule = {
  order: 'rgb',
  range: '0..255',
  size: 320,
  resize: 'stretch',
  crop: false,
  believesFile: false,
};

/** General (compact) [S1]: finished boxes as left, top, right, bottom in fractions, each with a class and a score. */
export const boxes: KindTest = ({ outputs }) => {
  // converters add the number of the output to its name
  const nameOf = (own: string) => outputs.find((each) => each.own.replace(/:\d+$/u, '') === own)?.name;
  const names = ['detected_boxes', 'detected_classes', 'detected_scores'].map(nameOf);
  const [sidesName, tagsName, scoresName] = names;
  if (!sidesName || !tagsName || !scoresName) return undefined;
  return {
    name: 'General (compact) [S1] detector',
    task: 'detect',
    rule: RULE,
    notices: [],
    fetches: [sidesName, tagsName, scoresName],
    readScores: (results) => {
      const sides = numbersOf(results, sidesName);
      const tags = numbersOf(results, tagsName);
      const side = (index: number) => sides[index] ?? 0;
      return Array.from(
        numbersOf(results, scoresName),
        (probability, i): Score => ({
          ...{ tag: tags[i] ?? -1, probability },
          sides: [side(4 * i), side(4 * i + 1), side(4 * i + 2), side(4 * i + 3)],
        }),
      ).filter(({ probability }) => !(probability < LEAST_PROBABILITY));
    },
  };
};
