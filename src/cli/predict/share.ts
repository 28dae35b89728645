import { InvalidArgumentError } from 'commander';

/** An option’s value from 0 to 1. */
export const share = (text: string): number => {
  if (/^(0|1|0?\.\d{1,9}|1\.0{1,9})$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number from 0 to 1, such as 0.7');
};
