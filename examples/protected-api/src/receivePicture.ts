import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import * as v from 'valibot';
import { KeylessError } from '../../../src/errors/errors.ts';
import { answering } from '../../../src/http/problem.ts';
import { type CallerCheck, createCallerCheck } from '../../../src/identity/callers/callers.ts';
import { readCallers } from '../../../src/settings/callers.ts';
import { describe, type Problem } from '../../../src/settings/problem.ts';

/** What Keyless Vision tells, as far as it is read here: CloudEvents 1.0 in structured mode. */
const eventSchema = v.object({
  specversion: v.literal('1.0'),
  id: v.string(),
  type: v.picklist(['keyless.vision.prediction.succeeded', 'keyless.vision.prediction.failed']),
  subject: v.string(),
});

const problems: Problem[] = [];
const auth = readCallers(
  (name) => process.env[name]?.trim() || undefined,
  (problem) => problems.push(problem),
);
let check: CallerCheck | undefined;

/** Whoever’s token is of this tenant, for this API, and carries the app role may come in; nobody else, and no key. */
async function authorize(request: HttpRequest): Promise<void> {
  if (auth.kind !== 'entra') {
    const why = problems.map(describe).join(' · ') || 'CALLER_AUTH: expected entra';
    throw new KeylessError('SettingsInvalid', why);
  }
  check ??= createCallerCheck(auth);
  await check.authorize(request.headers.get('authorization'), auth.roles.predict);
}

/** Of this process; a real API asks its own store. The same event may come twice, by the same id. */
const seen = new Set<string>();

async function receivePicture(
  request: HttpRequest,
  context: { info(line: string): void },
): Promise<HttpResponseInit> {
  await authorize(request);
  const body: unknown = await request.json().catch(() => undefined);
  const event = v.safeParse(eventSchema, body);
  if (!event.success) {
    throw new KeylessError('RequestInvalid', 'The body is no CloudEvent of a prediction.', {
      fix: 'POST one as application/cloudevents+json.',
    });
  }
  const { id, type, subject } = event.output;
  if (!seen.has(id)) context.info(`${type}: ${subject}`);
  seen.add(id);
  return { status: 204 };
}

// anonymous: the token is what is checked, here, before anything of the request is read
app.http('receivePicture', {
  methods: ['POST'],
  route: 'pictures',
  authLevel: 'anonymous',
  handler: answering(receivePicture),
});
