import { InvalidArgumentError } from 'commander';
import { isUuid } from '../../settings/predictionUrl.ts';

export const count = (text: string): number => {
  if (/^[1-9]\d{0,2}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1 to 999');
};

/** Of 1,000 predictions in the tier S0, in US dollars: https://azure.microsoft.com/pricing/details/custom-vision-service/ */
export const PRICE = 2;

export const price = (text: string): number => {
  if (/^\d+(\.\d+)?$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number such as 2 or 1.6');
};

/** In lower case. */
export const iteration = (text: string): string => {
  const lower = text.trim().toLowerCase();
  if (lower === 'current' || isUuid(lower)) return lower;
  throw new InvalidArgumentError('expected the id of an iteration (a UUID), or current');
};

/** Date itself takes anything: `5` would be a day of May 2001. */
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/u;

export const date = (text: string): Date => {
  const parsed = new Date(text);
  if (!ISO_DATE.test(text) || Number.isNaN(parsed.getTime()))
    throw new InvalidArgumentError('expected a date such as 2026-11-01 or 2026-11-01T08:00:00Z');
  return parsed;
};

/** An option’s value from 0 to 1. */
export const share = (text: string): number => {
  if (/^(0|1|0?\.\d{1,9}|1\.0{1,9})$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number from 0 to 1, such as 0.7');
};
