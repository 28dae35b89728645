import type { MetricOptions } from '@opentelemetry/api';
import type { SpanName } from './telemetry.ts';

/** What is counted, by the name it is told under; docs/operations.md says what each is taken apart by. */
export const COUNTERS = {
  'keyless.predictions': about('{prediction}', 'Answers of a model, and calls that it did not answer.'),
  'keyless.attempts': about('{attempt}', 'Calls to Custom Vision, those tried again included.'),
  'keyless.throttled': about('{attempt}', 'Calls that Custom Vision answered with 429.'),
  'keyless.tokens': about('{token}', 'Tokens asked of the identity endpoint.'),
  'keyless.documents': about('{document}', 'Prediction documents made, and what became of each.'),
};

/** In seconds. */
export const TIMES = {
  'keyless.turn.wait': {
    ...about('s', 'How long calls waited for their turn at the rate; those that did not wait are left out.'),
    advice: { explicitBucketBoundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
  },
};

export type CounterName = keyof typeof COUNTERS;
export type TimeName = keyof typeof TIMES;

/** What the end of a span counts for, so that its counter needs no line of its own. */
export const COUNTED: Readonly<Partial<Record<SpanName, CounterName>>> = {
  token: 'keyless.tokens',
  predict: 'keyless.predictions',
  write: 'keyless.documents',
};

function about(unit: string, description: string): MetricOptions {
  return { unit, description };
}
