import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { LockFile } from '../../infra/scripts/lockedPackages.ts';
import { pack } from '../support/packing.ts';
import { readZip } from '../support/zipFiles.ts';

const file = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8')) as LockFile;

it('the package holds the runtime where a model is an export: below 60 MB, for Linux x64 alone', async () => {
  const models = { VISION_MODELS: '{"own":{"export":"own.zip","task":"classify"}}' };
  const { zip, remove } = await pack([], models);
  try {
    expect(zip.length).toBeLessThan(60_000_000);
    const files = readZip(zip);
    const native = [...files.keys()].filter((path) => /onnxruntime-node\/bin\//u.test(path));
    expect(native).toEqual([
      'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
      'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
    ]);
    expect([...files.keys()]).toContain('node_modules/onnxruntime-common/dist/cjs/index.js');
    expect(JSON.parse(files.get('package.json')?.bytes.toString() ?? '').dependencies).toEqual({
      sharp: lock.packages['node_modules/sharp']?.version,
      'onnxruntime-node': lock.packages['node_modules/onnxruntime-node']?.version,
    });
  } finally {
    await remove();
  }
}, 120_000);
