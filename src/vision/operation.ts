import { randomUUID } from 'node:crypto';
import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { type HttpClient, HttpHeaders, WebResource, type WebResourceLike } from '@azure/ms-rest-js';
import type { Image } from '../prediction.ts';
import type { ServiceModel } from '../settings/settings.ts';

/** What is the same for all calls of an operation of one model. */
export type Operation = { url: string; headers: Readonly<Record<string, string>> };

/** Of the two kinds of image. */
export type Operations = Readonly<Record<'bytes' | 'url', Operation>>;

/** Has no content: what the SDK would write of it is left away. */
const NOTHING = Buffer.alloc(0);

/** Has the SDK make a model’s requests once, which costs it more than sending them, and keeps what is the same for all. */
export async function operationsOf(model: ServiceModel): Promise<Operations> {
  const bytes = await made(model, { bytes: NOTHING });
  // the portal’s own words for a picture: nothing is put around the bytes, so nothing is copied
  bytes.headers.set('content-type', 'application/octet-stream');
  const url = await made(model, { url: '' });
  return { bytes: kept(bytes), url: kept(url) };
}

/** A request of an operation with the body of one call. */
export function requestOf({ url, headers }: Operation, image: Image, signal: AbortSignal): WebResource {
  const body = 'bytes' in image ? image.bytes : JSON.stringify({ url: image.url });
  const resource = new WebResource(url, 'POST', body, undefined, headers as Record<string, string>);
  resource.headers.set('x-ms-client-request-id', randomUUID());
  resource.abortSignal = signal as unknown as NonNullable<WebResource['abortSignal']>;
  return resource;
}

const kept = ({ url, headers }: WebResourceLike): Operation => ({ url, headers: headers.rawHeaders() });

async function made(model: ServiceModel, image: Image): Promise<WebResourceLike> {
  let request: WebResourceLike | undefined;
  const httpClient: HttpClient = {
    async sendRequest(resource) {
      request = resource;
      return { request: resource, status: 200, headers: new HttpHeaders(), bodyAsText: '{}' };
    },
  };
  const unsigned = { signRequest: async (resource: WebResource) => resource };
  await call(new PredictionAPIClient(unsigned, model.endpoint, { httpClient }), model, image);
  if (!request) throw new Error('The SDK made no request.');
  return request;
}

/** The eight operations of Prediction v3.1: classify or detect × picture or url × stored or not. */
function call(client: PredictionAPIClient, model: ServiceModel, image: Image): Promise<unknown> {
  const { task, store, projectId, publishedName } = model;
  if ('bytes' in image) {
    if (task === 'classify') {
      return store
        ? client.classifyImage(projectId, publishedName, image.bytes)
        : client.classifyImageWithNoStore(projectId, publishedName, image.bytes);
    }
    return store
      ? client.detectImage(projectId, publishedName, image.bytes)
      : client.detectImageWithNoStore(projectId, publishedName, image.bytes);
  }
  if (task === 'classify') {
    return store
      ? client.classifyImageUrl(projectId, publishedName, image)
      : client.classifyImageUrlWithNoStore(projectId, publishedName, image);
  }
  return store
    ? client.detectImageUrl(projectId, publishedName, image)
    : client.detectImageUrlWithNoStore(projectId, publishedName, image);
}
