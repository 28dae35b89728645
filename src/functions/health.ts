import { app, type HttpResponseInit } from '@azure/functions';
import { KeylessError } from '../errors/errors.ts';
import { answering, problemResponse } from '../http/problem.ts';
import { loaded, READING } from './app.ts';

/** GET /api/health: whether the app runs and its settings are complete. Anonymous, so it names none of them. */
async function health(_request: unknown, context: { invocationId: string }): Promise<HttpResponseInit> {
  if (loaded.settings) return { status: 200, jsonBody: { status: 'healthy' } };
  const problem = new KeylessError('SettingsInvalid', 'The app’s log names what is wrong.');
  return problemResponse(problem, context.invocationId);
}

app.http('health', { methods: READING, route: 'health', authLevel: 'anonymous', handler: answering(health) });
