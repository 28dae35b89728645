import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { listQuerySchema, readQuery } from '../http/queries.ts';
import { listDocuments } from '../storage/list.ts';
import { authLevel, guarded, pictureContainers, READING, targetNames } from './app.ts';

/** GET /api/predictions: the documents of dropped pictures, page by page, in the order of names. */
async function listPredictions(request: HttpRequest): Promise<HttpResponseInit> {
  const query = readQuery(listQuerySchema, request.query);
  const { predictions } = await pictureContainers();
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-cache' },
    body: JSON.stringify(await listDocuments(predictions, query, targetNames())),
  };
}

app.http('listPredictions', {
  methods: READING,
  route: 'predictions',
  authLevel,
  handler: guarded('read', listPredictions),
});
