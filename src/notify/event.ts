import type { Containers } from '../storage/containers.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { documentName } from '../storage/documentName.ts';
import type { Mark } from '../storage/mark.ts';
import { eventId } from '../storage/told.ts';

/** Detectors may answer hundreds of boxes; the link leads to all of them. */
const MOST_ACCEPTED = 100;

/** CloudEvents 1.0 in JSON: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export type CloudEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: 'keyless.vision.prediction.succeeded' | 'keyless.vision.prediction.failed';
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  data: EventData;
};

type EventData = {
  /** The document, for whoever may read it: the picture is not sent. */
  document: string;
  picture: string;
  results: Pick<PredictionDocument['results'][number], 'model' | 'iteration' | 'threshold' | 'accepted'>[];
  error?: Pick<NonNullable<PredictionDocument['error']>, 'code' | 'title' | 'fix'>;
};

export function cloudEvent(
  { images, predictions }: Pick<Containers, 'images' | 'predictions'>,
  name: string,
  document: PredictionDocument,
  mark: Mark,
): CloudEvent {
  const { status, results, error, completedAt } = document;
  return {
    ...{ specversion: '1.0', id: eventId(name, mark), source: images.url },
    ...{ type: `keyless.vision.prediction.${status}`, subject: name.toWellFormed(), time: completedAt },
    datacontenttype: 'application/json',
    data: {
      document: predictions.getBlobClient(documentName(name)).url,
      picture: images.getBlobClient(name).url,
      results: results.map(({ model, iteration, threshold, accepted }) => ({
        ...{ model, iteration, threshold },
        accepted: accepted.slice(0, MOST_ACCEPTED),
      })),
      ...(error && { error: { code: error.code, title: error.title, fix: error.fix } }),
    },
  };
}
