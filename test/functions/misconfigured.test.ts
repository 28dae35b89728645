import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';

const KEY = 'c2VjcmV0LWFjY291bnQta2V5';
let app: Registered;
beforeAll(async () => {
  app = await loadFunctions({
    ImageStorage: `AccountName=orchard;AccountKey=${KEY}`,
    IMAGES_CONTAINER: 'fotos',
    VISION_MODELS: '{}',
  });
});

describe('an app with wrong settings', () => {
  it('registers its functions all the same', () => {
    expect(app.bindings('predictBlob')[0]).toMatchObject({
      type: 'blobTrigger',
      path: 'fotos/{name}',
      connection: 'ImageStorage',
      source: 'EventGrid',
    });
    expect(app.bindings('predictImage')[0]).toMatchObject({ authLevel: 'function' });
  });

  it('answers every prediction with what is wrong, all of it, and no secret', async () => {
    const { status, json } = await app.http('predictImage', { body: 'x' });
    expect({ status, json }).toMatchObject({
      status: 503,
      json: { code: 'SettingsInvalid', detail: expect.stringMatching(/ImageStorage: .+ · VISION_MODELS: /u) },
    });
    expect(JSON.stringify(json)).not.toContain(KEY);
  });

  it('is not healthy, and tells anybody no more than that', async () => {
    const { status, json } = await app.http('health', {});
    expect({ status, json }).toMatchObject({
      status: 503,
      json: { code: 'SettingsInvalid', detail: 'The app’s log names what is wrong.' },
    });
    expect(JSON.stringify(json)).not.toMatch(/ImageStorage|VISION_MODELS|orchard/u);
  });

  it('throws for a dropped picture, so that the platform keeps it', async () => {
    await expect(app.blob('predictBlob', Buffer.from('x'), 'fotos/a.jpg')).rejects.toMatchObject({
      code: 'SettingsInvalid',
    });
  });

  it('warns of each problem when it starts', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await app.start();
    expect(warn.mock.calls.map(([message]) => String(message).split(':')[0])).toEqual([
      'ImageStorage',
      'VISION_MODELS',
    ]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain(KEY);
    warn.mockRestore();
  });
});
