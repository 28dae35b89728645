import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AskModel } from '../../src/prediction.ts';
import { attempt } from '../../src/scoring/attempt.ts';
import { giveUp } from '../../src/scoring/giveUp.ts';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { freshPicture, type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

const CANARY = 'CaNaRy0123456789';
const FORGED = 'ERROR all is lost';
/** As a service may say it of a picture it was to fetch. */
const WORDS = `Could not fetch https://user:${CANARY}@a.blob.core.windows.net/x.jpg?sv=1&sig=${CANARY}\r\n${FORGED}\u001b[2J`;

let scoring: Scoring;
let app: Registered;
beforeAll(async () => {
  scoring = await startScoring();
  app = await loadFunctions({
    ...scoring.settings,
    BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan',
    URL_HOSTS: 'pictures.example',
  });
});
afterAll(() => scoring?.close());
beforeEach(() => {
  scoring.vision.server.reset();
  app.logs.length = 0;
});

const lines = () => app.logs.map(({ message }) => message);
const refuse = (code: string) =>
  scoring.vision.server.faults.always({ status: 400, body: JSON.stringify({ code, message: WORDS }) });
function expectSafe(...texts: string[]): void {
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    expect(text).not.toContain(CANARY);
    expect(text).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  }
}

describe('what a service says', () => {
  it('reaches a caller and the log without signature and user, on one line', async () => {
    refuse('BadRequestImageUrl');
    const { status, body } = await app.http('predictImage', {
      body: JSON.stringify({ url: `https://pictures.example/x.jpg?sig=${CANARY}` }),
      headers: { 'content-type': 'application/json' },
    });
    expect([status, JSON.parse(String(body)).detail]).toEqual([422, expect.stringContaining(FORGED)]);
    expectSafe(String(body), ...lines());
  });

  it('reaches a document and the log likewise', async () => {
    refuse('BadRequestImageFormat');
    await scoring.dropFresh('said.jpg');
    await app.blob('predictBlob', freshPicture(), 'images/said.jpg');
    const { error } = await scoring.documentOf('said.jpg');
    expect(error).toMatchObject({ code: 'ImageUndecodable', detail: expect.stringContaining(FORGED) });
    expectSafe(JSON.stringify(error), ...lines());
  });
});

describe('a name', () => {
  it.each(['a\u2028b.jpg', 'a\u202egpj.exe', 'a\u001b[31mb.jpg', 'a\u0085b.jpg'])(
    'begins no line of its own and steers no terminal: %j',
    async (name) => {
      await scoring.dropFresh(name);
      refuse('BadRequestImageFormat');
      await app.blob('predictBlob', freshPicture(), `images/${name}`);
      expectSafe(...lines());
      expect(lines().join()).toContain('\ufffd');
    },
  );

  it('nor does it in what a caller is told', async () => {
    const name = 'x\nERROR forged \u202e.jpg';
    const { status, body } = await app.http('getPrediction', { params: { name: `${name}/..` } });
    expect(status).toBe(404);
    expectSafe(String(body), ...lines());
    const unknown = await app.http('predictImage', { body: freshPicture(), params: { model: name } });
    expect(unknown.status).toBe(404);
    expectSafe(...lines());
  });
});

describe('what is unforeseen', () => {
  it('stands in the log with the picture’s name, and in no document', async () => {
    const ask: AskModel = () => Promise.reject(new TypeError('inner workings'));
    const open = () => scoring.parts({ ask });
    const said: string[] = [];
    const note = (line: string) => void said.push(line);
    const log = { info: note, warn: note, error: note };
    await scoring.dropFresh('odd.jpg');
    expect(await rejection(attempt(open, 'odd.jpg', log))).toMatchObject({ code: 'Unexpected' });
    expect(said.join('\n')).toContain('odd.jpg: Unexpected: TypeError: inner workings');
    await giveUp(open, 'odd.jpg', log);
    const document = await scoring.documentOf('odd.jpg');
    expect(document.error).toMatchObject({
      code: 'Unexpected',
      detail: 'What it was stands in the app’s log.',
    });
    expect(JSON.stringify(document)).not.toContain('inner workings');
  });
});
