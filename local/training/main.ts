/*
 * npm run train:sample              trains both sample models again and writes them to local/samples
 * npm run train:sample -- --check   trains them again and compares the result with the committed files; writes nothing
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeExport } from './sampleExport.ts';
import { type Sample, samples } from './samples.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false } },
});
for (const sample of samples) {
  if (positionals.length > 0 && !positionals.includes(basename(sample.directory))) continue;
  await renew(sample);
}
// The runtime's worker threads would keep the process alive.
process.exit();

async function renew(sample: Sample): Promise<void> {
  const name = basename(sample.directory);
  const begun = performance.now();
  let smooth: number | undefined;
  const model = await sample.train({
    report: (step, loss) => {
      smooth = smooth === undefined ? loss : smooth * 0.98 + loss * 0.02;
      if ((step + 1) % 100 !== 0) return;
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      console.log(`${name}: step ${step + 1}, loss ${smooth.toFixed(4)}, ${seconds} s`);
    },
  });
  if (values.check) await compare(name, model, await readFile(join(sample.directory, 'model.onnx')));
  else await writeExport(sample, model);
  console.log(`${name}: ${model.length} bytes, SHA-256 ${sha256(model)}`);
}

async function compare(name: string, trained: Uint8Array, committed: Uint8Array): Promise<void> {
  if (sha256(trained) === sha256(committed)) {
    console.log(`${name}: the same as the committed file.`);
    return;
  }
  process.exitCode = 1;
  console.error(`${name}: NOT the committed file, which has SHA-256 ${sha256(committed)}.`);
}
