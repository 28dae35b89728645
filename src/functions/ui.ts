import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { KeylessError } from '../errors/errors.ts';
import { answering } from '../http/problem.ts';
import { files, version } from '../ui/files.ts';
import { securityHeaders } from '../ui/headers.ts';
import { renderPage } from '../ui/page.ts';
import { loaded, READING } from './app.ts';

/**
 * GET /api/ui: the page; GET /api/ui/{version}/{name}: its scripts and style. Anonymous, for it tells nothing: what it
 * shows it asks the API for, with the key or token that a person puts in.
 */
async function ui(request: HttpRequest): Promise<HttpResponseInit> {
  const file = request.params.file;
  return file ? fileAnswer(file) : pageAnswer(request);
}

function pageAnswer(request: HttpRequest): HttpResponseInit {
  const folder = new URL(request.url).pathname.endsWith('/') ? '' : 'ui/';
  return {
    status: 200,
    headers: { ...securityHeaders, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body: renderPage({ auth: registration.callers.kind, folder }),
  };
}

function fileAnswer(file: string): HttpResponseInit {
  const [asked, name = ''] = file.split('/');
  const body = files.get(name);
  if (body === undefined) {
    throw new KeylessError('NotFound', 'The page has no such file.', {
      fix: 'Reload the page: GET /api/ui names its files.',
    });
  }
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
  return {
    status: 200,
    headers: {
      ...securityHeaders,
      'content-type': `${type}; charset=utf-8`,
      // another version asks while the app is being replaced: it gets what there is, and keeps nothing
      'cache-control': asked === version ? 'public, max-age=31536000, immutable' : 'no-store',
    },
    body,
  };
}

const { registration } = loaded;
if (registration.ui === 'on')
  app.http('ui', { methods: READING, route: 'ui/{*file}', authLevel: 'anonymous', handler: answering(ui) });
