import { createHash } from 'node:crypto';
import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { hasVersion } from '../http/conditional.ts';
import { openapiDocument } from '../http/openapi/document.ts';
import { answering } from '../http/problem.ts';
import { READING } from './app.ts';

let written: { text: string; etag: string } | undefined;

/** GET /api/openapi.json: what the app answers to what. Anonymous: it is the same for every deployment. */
async function openapi(request: HttpRequest): Promise<HttpResponseInit> {
  written ??= write();
  const { text, etag } = written;
  const headers = { 'cache-control': 'no-cache', etag };
  if (hasVersion(request.headers.get('if-none-match'), etag)) return { status: 304, headers };
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: text,
  };
}

function write(): { text: string; etag: string } {
  const text = JSON.stringify(openapiDocument());
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

app.http('openapi', {
  methods: READING,
  route: 'openapi.json',
  authLevel: 'anonymous',
  handler: answering(openapi),
});
