import { describe, expect, it } from 'vitest';
import { probeName } from '../../../src/cli/doctor/checks/probe.ts';
import { samplePicture } from '../../../src/cli/samplePicture.ts';
import { lookAt } from '../../../src/pictures/look/look.ts';
import { modelsForPicture } from '../../../src/scoring/route.ts';
import { modelAt } from '../../support/visionParts.ts';

const modelsOf = (...paths: string[][]) =>
  paths.map((each) => modelAt('http://127.0.0.1:9', { paths: each }));

describe('the probe', () => {
  it.each([
    [[['**']]],
    [[['*.jpg']]],
    [[['fruit/**', '*']]],
    [[['orchard/**']]],
    [[['**/*.png']]],
    [[['in/*.jpeg'], ['boxes/**']]],
  ])('has a name that %j take', (paths) => {
    const models = modelsOf(...paths);
    expect(modelsForPicture(models, probeName(models) ?? '').length).toBeGreaterThan(0);
  });

  it.each(['tree-[0-9].jpg', 'tree-7.jpg'])(
    'has none rather than a picture’s own where the path is %s',
    (path) => {
      expect(probeName(modelsOf([path]))).toBeUndefined();
    },
  );

  it('is a whole picture, within what Custom Vision takes', async () => {
    expect(await lookAt(samplePicture())).toMatchObject({
      name: 'BMP',
      ended: true,
      size: { width: 64, height: 64 },
    });
  });

  it('is another each time', () => {
    const models = modelsOf(['**']);
    expect(probeName(models)).not.toBe(probeName(models));
  });
});
