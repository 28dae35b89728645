import type { Score, Task } from './answer.ts';
import type { OnnxModel } from './onnxModel.ts';
import type { Properties } from './properties.ts';
import type { Results, TensorInfo } from './runtime.ts';

/** The pixels that a kind of export wants, where the export itself does not say. */
export type PixelRule = {
  order: 'rgb' | 'bgr';
  range: '0..255' | '0..1' | '-1..1';
  /** Of each colour, red first, in that range. */
  mean?: readonly number[];
  std?: readonly number[];
  size: number;
  resize: 'stretch' | 'pixels' | 'shorter';
  /** Whether the middle square is shown. */
  crop: boolean;
  /** Made so much larger than wanted, and its middle taken. */
  margin?: number;
  /** Whether metadata_properties.json is believed where the model is silent: of detectors it tells the service’s own pixels. */
  believesFile: boolean;
};

/** How the answers of one kind of export are read. */
export type ExportKind = {
  /** For people. */
  name: string;
  task: Task;
  rule: PixelRule;
  notices: string[];
  /** Which outputs to ask for, by the names the runtime knows them by. */
  fetches: string[];
  readScores(results: Results): Score[];
};

/** What a kind is told by: the outputs as the runtime has them, under their own names. */
export type Evidence = {
  outputs: readonly (TensorInfo & { own: string })[];
  model: OnnxModel;
  properties: Properties;
  labels: readonly string[];
  /** Whether the labels come in AutoML’s form. */
  fromAutoMl: boolean;
};

/** Gives the kind when the outputs are its own, else undefined. Throws where they are but do not fit the labels. */
export type KindTest = (evidence: Evidence) => ExportKind | undefined;
