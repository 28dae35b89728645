/** What a loaded Custom Vision export can do; the prediction server knows no more than this. */
export type Task = 'classify' | 'detect';

/** One answer in the service's own field names; boxes are fractions (0..1) of the upright picture. */
export type Prediction = {
  probability: number;
  tagId: string;
  tagName: string;
  tagType: 'Regular';
  boundingBox?: { left: number; top: number; width: number; height: number };
};

export type Predictor = {
  task: Task;
  tagNames: readonly string[];
  iterationId: string;
  /** Highest probability first. Rejects with UndecodableImage when the bytes are no picture. */
  predict(image: Uint8Array): Promise<Prediction[]>;
  close(): Promise<void>;
};

/** The bytes could not be read as a picture: the caller's fault, told apart from a broken model. */
export class UndecodableImage extends Error {
  override name = 'UndecodableImage';
}
