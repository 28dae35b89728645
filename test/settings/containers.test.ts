import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimsContainerOf } from '../../src/settings/containers.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf, wrong } from './environment.ts';

const long = `${'a'.repeat(55)}-${'b'.repeat(7)}`;

describe('the container of claims', () => {
  it('is called like that of the documents, within the 63 characters that a name may have', () => {
    expect(settingsOf(environment()).claimsContainer).toBe('predictions-claims');
    expect(settingsOf(environment({ PREDICTIONS_CONTAINER: long })).claimsContainer).toBe(
      `${'a'.repeat(55)}-claims`,
    );
  });

  it.each([
    ['scans-claims', 'scans'],
    [`${'a'.repeat(55)}-claims`, long],
    ['predictions-claims', undefined],
  ])('is refused for pictures too: %s beside %s', (images, predictions) => {
    const own = environment({ IMAGES_CONTAINER: images, PREDICTIONS_CONTAINER: predictions });
    expect(readSettings(own)).toMatchObject({
      settings: undefined,
      problems: [
        {
          setting: 'IMAGES_CONTAINER',
          expected: expect.stringMatching(/^another container than .+-claims, where this app notes/u),
          got: `"${images}"`,
        },
      ],
    });
  });

  it('is refused where it is that of the documents itself, as the cut of a long name can make it', () => {
    const itself = `${'a'.repeat(56)}-claims`;
    expect(claimsContainerOf(itself)).toBe(itself);
    expect(wrong(environment({ PREDICTIONS_CONTAINER: itself }))).toEqual(['PREDICTIONS_CONTAINER']);
  });

  it('is never one that is used for something else', () => {
    const name = fc
      .tuple(fc.stringMatching(/^[ab]{1,2}(-[ab]){0,2}$/u), fc.constantFrom('', '-claims', '-claims-claims'))
      .map(([stem, suffix]) => `${stem.padEnd(3, 'a')}${suffix}`);
    fc.assert(
      fc.property(name, name, (images, predictions) => {
        const { settings } = readSettings(
          environment({ IMAGES_CONTAINER: images, PREDICTIONS_CONTAINER: predictions }),
        );
        if (!settings) return;
        const used = [settings.imagesContainer, settings.predictionsContainer, settings.claimsContainer];
        expect(new Set(used).size).toBe(3);
      }),
    );
  });

  it('leaves names alone that only look like another’s', () => {
    const own = { IMAGES_CONTAINER: 'damage-claims', PREDICTIONS_CONTAINER: 'scans' };
    expect(settingsOf(environment(own)).imagesContainer).toBe('damage-claims');
  });
});

describe('a container of the platform', () => {
  it.each([
    ['IMAGES_CONTAINER', 'azure-webjobs-hosts'],
    ['IMAGES_CONTAINER', 'dead-letters'],
    ['PREDICTIONS_CONTAINER', 'azure-webjobs-secrets'],
  ])('is refused as %s: %s', (setting, name) => {
    const { registration, problems } = readSettings(environment({ [setting]: name }));
    expect(problems).toMatchObject([
      { setting, expected: expect.stringContaining('a container of your own'), got: `"${name}"` },
    ]);
    expect(registration.imagesContainer).toBe('images');
  });
});
