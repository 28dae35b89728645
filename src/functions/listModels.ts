import { app, type HttpResponseInit } from '@azure/functions';
import { authLevel, guarded, READING, settings } from './app.ts';

/** GET /api/models: the models that a picture may be posted to, for those who may post one. */
async function listModels(): Promise<HttpResponseInit> {
  const models = settings().models.map(({ name, task, threshold }) => ({ name, task, threshold }));
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-cache' },
    body: JSON.stringify({ models }),
  };
}

app.http('listModels', {
  methods: READING,
  route: 'models',
  authLevel,
  handler: guarded('predict', listModels),
});
