import type { Random } from '../random.ts';
import type { Shape } from '../shape.ts';
import { apple } from './apple.ts';
import { banana } from './banana.ts';
import { grapes } from './grapes.ts';
import { lemon } from './lemon.ts';
import { strawberry } from './strawberry.ts';

/** The shapes of one fruit, back to front, within about [-1, 1] both ways; every call draws another individual. */
export const fruits = { apple, banana, strawberry, grapes, lemon } satisfies Record<
  string,
  (random: Random) => Shape[]
>;

export type TagName = keyof typeof fruits;

/** In the order of the sample models' labels.txt. */
export const tagNames = Object.keys(fruits) as readonly TagName[];
