import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { exportFiles } from '../../src/exports/exportFiles.ts';
import { readLabels } from '../../src/exports/labels.ts';
import { layoutOf } from '../../src/exports/layout.ts';
import { readProperties } from '../../src/exports/properties.ts';
import { loadHere } from './loadHere.ts';

/** A folder of models, photographs, layouts and reference-scores.json that people published; nothing of it is in here. */
const PLACE = process.env.REAL_EXPORTS ?? fileURLToPath(new URL('../../../shared/exports', import.meta.url));
const REAL = existsSync(PLACE) ? PLACE : '';

type Reference = { models: Record<string, { labels: string[]; scores: Record<string, number[]> }> };

async function compareWith(path: string, model: string) {
  const reference = JSON.parse(readFileSync(join(REAL, 'reference-scores.json'), 'utf8')) as Reference;
  const { labels = [], scores = {} } = reference.models[model] ?? {};
  const loaded = await loadHere({ path });
  const [differences, counts] = [[] as number[], { pictures: 0, sameTop: 0, right: 0 }];
  for (const kind of readdirSync(join(REAL, 'photographs'))) {
    for (const file of readdirSync(join(REAL, 'photographs', kind))) {
      const told = scores[`${kind}/${file}`] ?? [];
      const answers = await loaded.predict(readFileSync(join(REAL, 'photographs', kind, file)));
      counts.pictures += 1;
      counts.sameTop += Number(answers[0]?.tagName === labels[told.indexOf(Math.max(...told))]);
      counts.right += Number(answers[0]?.tagName.toLowerCase() === kind);
      for (const { tagName, probability } of answers)
        differences.push(Math.abs(probability - (told[labels.indexOf(tagName)] ?? 9)));
    }
  }
  await loaded.close();
  const p95 = differences.toSorted((a, b) => a - b)[Math.floor(differences.length * 0.95)] ?? 9;
  return { ...counts, p95, notices: loaded.notices };
}

const TITLE = REAL ? '' : ` (skipped: they are not at ${PLACE}; REAL_EXPORTS names their folder)`;

describe.skipIf(!REAL)(`exports that people published${TITLE}`, () => {
  test('one of 2018 scores as TensorFlow does: as a bare file, in a folder, in a zip', async () => {
    const file = join(REAL, 'models/computer/Computer.onnx');
    const temporary = await mkdtemp(join(tmpdir(), 'real-'));
    const zip = new ZipFile();
    zip.addFile(file, 'export/Computer.onnx');
    zip.end();
    await writeFile(join(temporary, 'computer.zip'), await buffer(zip.outputStream));
    for (const path of [file, join(REAL, 'models/computer'), join(temporary, 'computer.zip')]) {
      const { pictures, sameTop, p95, notices } = await compareWith(path, 'computer');
      expect(pictures).toBe(51);
      expect(sameTop).toBeGreaterThanOrEqual(50);
      expect(p95).toBeLessThanOrEqual(0.02);
      expect(notices).toContainEqual(expect.stringContaining('does not tell Image.NominalPixelRange'));
    }
    await rm(temporary, { recursive: true });
  });

  test('one converted from TensorFlow is right in 48 of 51', async () => {
    const { right, p95 } = await compareWith(join(REAL, 'models/android-fruits'), 'android-fruits');
    expect(right).toBeGreaterThanOrEqual(48);
    expect(p95).toBeLessThanOrEqual(0.02);
  });

  test('one from before ONNX 1.2 is refused by a code of its own', async () => {
    await expect(loadHere({ path: join(REAL, 'models/currency') })).rejects.toMatchObject({
      code: 'ExportTooOld',
    });
  });

  const layouts = REAL ? readdirSync(join(REAL, 'layouts')) : [];
  test.each(layouts)(
    'the layout %s is read, and refused for want of its model by what it is',
    async (name) => {
      const path = join(REAL, 'layouts', name);
      const layout = await layoutOf(await exportFiles({ path }));
      expect(layout.manifest).toMatchObject({
        iterationId: expect.any(String),
        platform: expect.any(String),
      });
      if (layout.labels) expect((await readLabels(layout.labels)).length).toBeGreaterThan(0);
      await readProperties(new Map(), layout.properties);
      const thrown = await loadHere({ path }).catch((error: unknown) => error);
      const code = layout.manifest.platform === 'ONNX' ? 'ExportInvalid' : 'ExportNotOnnx';
      expect(thrown).toMatchObject({ code });
      if (name === 'docker-2023')
        expect(thrown).toMatchObject({
          message: expect.stringMatching(/the manifest says a detector.*a classifier/u),
        });
    },
  );
});
