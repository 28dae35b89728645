import type { Prediction, Predictor } from './predictor.ts';

export type ThreadRequest = { id: number; image: Uint8Array };

/** The first answer (`loaded` or, with id 0, `error`) tells how loading went. A class does not cross threads, hence `undecodable`. */
export type ThreadAnswer =
  | { loaded: Pick<Predictor, 'task' | 'tagNames' | 'iterationId'> }
  | { id: number; predictions: Prediction[] }
  | { id: number; error: Error; undecodable: boolean };

export const loading = 0;
