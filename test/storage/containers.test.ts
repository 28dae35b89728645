import { describe, expect, it } from 'vitest';
import { openContainers } from '../../src/storage/containers.ts';
import { environment, settingsOf } from '../settings/environment.ts';

const noCredential = () => {
  throw new Error('No credential was expected to be asked for.');
};

describe('the containers', () => {
  it('are those of the settings, on the account of the settings, with the shared credential', async () => {
    const own = environment({ IMAGES_CONTAINER: 'fotos', PREDICTIONS_CONTAINER: 'answers' });
    let asked = 0;
    const credential = () => {
      asked += 1;
      return { getToken: async () => null };
    };
    const { images, predictions, claims } = await openContainers(settingsOf(own), credential);
    expect(images.url).toBe('https://orchard.blob.core.windows.net/fotos');
    expect(predictions.url).toBe('https://orchard.blob.core.windows.net/answers');
    expect(claims.url).toBe('https://orchard.blob.core.windows.net/answers-claims');
    expect(asked).toBe(1);
  });

  it('are the emulator’s, without any credential, by its connection string', async () => {
    const settings = settingsOf(environment({ ImageStorage: 'UseDevelopmentStorage=true' }));
    const { images } = await openContainers(settings, noCredential);
    expect(images.url).toBe('http://127.0.0.1:10000/devstoreaccount1/images');
  });
});
