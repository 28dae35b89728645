import { visionEndpoint } from '../../settings/endpoint.ts';
import { describe, type Problem } from '../../settings/problem.ts';
import { UsageError } from '../faults.ts';

export const TRAINING_SETTING = 'VISION_TRAINING_ENDPOINT';

/** The training account’s origin: what was typed, else the setting. Throws a UsageError where it is none that takes tokens. */
export function trainingEndpoint(typed: string | undefined, setting: string | undefined): string {
  const text = (typed ?? setting)?.trim();
  if (!text) {
    throw new UsageError(
      `Expected the address of the training account, got nothing: neither --endpoint nor ${TRAINING_SETTING} is set.`,
      'az cognitiveservices account list --query "[?kind==\'CustomVision.Training\'].properties.endpoint" --output tsv, and give it with --endpoint.',
    );
  }
  const problems: Problem[] = [];
  const endpoint = visionEndpoint(typed === undefined ? TRAINING_SETTING : '--endpoint', text, (problem) =>
    problems.push(problem),
  );
  if (endpoint) return endpoint;
  throw new UsageError(problems.map(describe).join(' · '));
}
