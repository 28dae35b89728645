/** What the API answers, as far as the page reads it. */
export type BoundingBox = { left: number; top: number; width: number; height: number };

export type Prediction = {
  tagName: string;
  probability: number;
  /** Fractions (0..1) of the upright picture. */
  boundingBox?: BoundingBox;
};

export type Result = {
  model: string;
  publishedName?: string;
  export?: { name: string };
  fallbackFor?: { publishedName: string };
  task: 'classify' | 'detect';
  iteration: string;
  predictions: Prediction[];
  threshold: number;
  attempts: number;
  durationMs: number;
};

export type Problem = {
  title: string;
  detail?: string;
  fix?: string;
  code?: string;
  /** Finds the call in the app’s log. */
  requestId?: string;
};

export type PredictionDocument = {
  status: 'succeeded' | 'failed' | 'pending';
  image: { name?: string; width?: number; height?: number; sent?: { steps: string[] } };
  results: Result[];
  error?: Problem;
  completedAt: string;
};

export type ListedDocument = {
  name: string;
  status: 'succeeded' | 'failed';
  code?: string;
  lastModified: string;
  /** Who else was told, or is to be. */
  told?: { target: string; at?: string; waitsFor?: string; failed?: string; passedOver?: string }[];
};

export type DocumentList = { predictions: ListedDocument[]; cursor?: string };

export type ModelList = { models: { name: string }[] };
