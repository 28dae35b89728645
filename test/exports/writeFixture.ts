import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Fixture = {
  model: Uint8Array;
  /** null: none beside the model. */
  labels?: string | null;
  /** null: none. */
  manifest?: Record<string, unknown> | null;
  properties?: Record<string, unknown>;
  /** Further files by name. */
  files?: Record<string, string>;
};

/** An export folder of our own making under the system's temporary directory; whoever calls it removes it. */
export async function writeFixture({ model, labels, manifest, properties, files = {} }: Fixture) {
  const directory = await mkdtemp(join(tmpdir(), 'export-'));
  const put = (name: string, content: string | Uint8Array) => writeFile(join(directory, name), content);
  await put('model.onnx', model);
  if (labels !== null) await put('labels.txt', labels ?? 'red\ngreen\nblue\n');
  const full = { ModelFileName: 'model.onnx', LabelFileName: 'labels.txt', ...manifest };
  if (manifest !== null) await put('cvexport.manifest', `\uFEFF${JSON.stringify(full)}`);
  if (properties) await put('metadata_properties.json', JSON.stringify(properties));
  for (const [name, content] of Object.entries(files)) await put(name, content);
  return directory;
}
