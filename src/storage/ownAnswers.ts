import type { HttpOperationResponse, RequestPolicyFactory } from '@azure/storage-blob';
import { isStranger } from '../outbound/failure.ts';

/** Storage marks each of its answers; a blob of its own may be a page too. */
const MARKS = ['x-ms-request-id', 'x-ms-version', 'x-ms-error-code'];

/** Something else answered in storage’s place, whatever its status says. */
export class NotStorage extends Error {
  override name = 'NotStorage';
}

/** Of a pipeline of the storage libraries: no answer counts that is not storage’s, no 404 and no 200 of somebody else. */
export const ownAnswers: RequestPolicyFactory = {
  create: (next) => ({
    async sendRequest(request) {
      const { host } = new URL(request.url);
      const answer = await next.sendRequest(request).catch((error: { response?: HttpOperationResponse }) => {
        throw error.response && isForeign(error.response) ? notStorage(error.response, host, error) : error;
      });
      if (!isForeign(answer)) return answer;
      (answer.readableStreamBody as { destroy?: () => void } | undefined)?.destroy?.();
      throw notStorage(answer, host);
    },
  }),
};

const isForeign = ({ status, headers }: HttpOperationResponse): boolean =>
  isStranger(status, headers.get('content-type')) && !MARKS.some((mark) => headers.get(mark));

const notStorage = ({ status }: HttpOperationResponse, host: string, cause?: unknown): NotStorage =>
  new NotStorage(`${host} answered HTTP ${status}, but not as storage does`, { cause });
