import { messageOf } from '../thrown.ts';
import { type Handler, readBody } from './httpFunctions.ts';

/** Starts a function by hand with an input text, and does not wait for its end. */
export type StartByHand = (input: string) => void;

/**
 * POST /admin/functions/<name> with {"input": "…"} runs a timer or queue function now: 202, whatever becomes of it.
 * https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
 */
export function createAdminFunctions(
  functions: ReadonlyMap<string, StartByHand>,
  bodyLimit: number,
): Handler {
  return async (request, response, { path }) => {
    const refuse = (status: number, error: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    const name = path.split('/')[3]?.toLowerCase() ?? '';
    if (request.method !== 'POST') return void refuse(404, 'Only POST runs a function by hand.');
    const start = functions.get(name);
    if (!start)
      return void refuse(
        404,
        `No timer or queue function "${name}"; there are ${[...functions.keys()].join(', ') || 'none'}.`,
      );
    const body = await readBody(request, bodyLimit);
    if (body === 'too large') return void refuse(413, 'The body is too large.');
    try {
      start(readInput(body?.bytes));
    } catch (error) {
      return void refuse(400, messageOf(error));
    }
    response.writeHead(202).end();
  };
}

function readInput(bytes: Buffer | undefined): string {
  let parsed: { input?: unknown } | null;
  try {
    parsed = JSON.parse(bytes?.toString() || '{}');
  } catch (cause) {
    throw new Error(`Expected a JSON body like {"input": ""}: ${messageOf(cause)}`, { cause });
  }
  const input = parsed?.input ?? '';
  return typeof input === 'string' ? input : JSON.stringify(input);
}
