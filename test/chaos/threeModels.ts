import { SAMPLE_MODELS } from '../../local/models.ts';
import type { Stack, StackOptions } from '../../local/stack.ts';
import type { createVerdict } from './figures.ts';

const HEALTHY = ['fruit', 'fruit-boxes'] as const;
const ILL = 'fruit-v2';

/** Three models of one account for every picture below fruit/, each at this rate. */
export const threeModels = (rate?: number): StackOptions => {
  const own = { paths: ['fruit/**'], ...(rate !== undefined && { rate }) };
  return {
    models: { [ILL]: SAMPLE_MODELS.fruit ?? '' },
    modelSettings: { fruit: own, 'fruit-boxes': own, [ILL]: own },
  };
};

export const isDown = ({ prediction }: Stack, down: boolean): void => {
  prediction.unavailable = new Set(down ? [ILL] : []);
};

/**
 * Each answer of the healthy two was paid for once, but for what a host took with it when it was killed; `posted` of
 * fruit’s were asked for over HTTP.
 */
export function checkPaid(
  { prediction }: Stack,
  verdict: ReturnType<typeof createVerdict>,
  contents: number,
  posted = 0,
): void {
  const refused = prediction.count({ publishedName: ILL, status: 503 });
  verdict.check('calls to the model while it was down', refused, refused > 0);
  for (const publishedName of HEALTHY) {
    const paid = prediction.count({ publishedName, status: 200 }) - (publishedName === 'fruit' ? posted : 0);
    verdict.check(
      `answers of ${publishedName} paid for, at most 1.02 × ${contents} contents`,
      `${paid} (${(paid / contents).toFixed(3)})`,
      paid <= 1.02 * contents,
    );
  }
}
