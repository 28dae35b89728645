import type { ExportPrediction, Task } from '../../src/exports/answer.ts';

export type { Task };
export type Prediction = ExportPrediction;

/** What the server knows of a model; a loaded export is one. */
export type Predictor = {
  task: Task;
  tagNames: readonly string[];
  iterationId: string;
  /** Highest probability first. Rejects with a KeylessError of the picture when the bytes are none. */
  predict(image: Buffer): Promise<Prediction[]>;
  close(): Promise<void>;
};
