import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compiled } from './bicep/compiled.ts';
import { type Bicep, findBicep, startBicep } from './bicep/compiler.ts';
import { openWorkspace, type Workspace } from './bicep/workspace.ts';
import { check } from './checks/all.ts';
import { describe as told } from './checks/finding.ts';
import { infraFiles, SCENARIOS } from './files.ts';
import { keptScenarios, takeSnapshot, toScenario } from './scenarios.ts';

/**
 * The text `from` of a file becomes `to`; a finding must then match `told`, a regular expression. It shows in `scenario`,
 * where that is not as-it-comes.
 */
type Fault = { title: string; file: string; from: string; to: string; told: string; scenario?: string };

const files = infraFiles();
const kept = keptScenarios(files);
const folder = new URL('./data/faults/', import.meta.url);
const faults = readdirSync(folder).flatMap(
  (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fault[],
);
const path = findBicep();
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // the compiler’s first file takes it seconds, on a busy machine a minute
let bicep: Bicep;
let workspace: Workspace;
beforeAll(async () => {
  if (!path) return;
  bicep = await startBicep(path);
  workspace = openWorkspace(bicep, files);
});
afterAll(() => {
  workspace?.[Symbol.dispose]();
  bicep?.[Symbol.dispose]();
});

/** Each way in turn, the quickest first: what the text says, what the compiler says, what would be deployed. */
async function* findings({ file, from, to, scenario = 'as-it-comes' }: Fault): AsyncGenerator<string[]> {
  const source = files.get(file) ?? '';
  const changed = source.replace(from, () => to);
  const all = new Map(files).set(file, changed);
  yield check({ files: all, scenarios: kept }).map(told);
  workspace.write(file, changed);
  try {
    if (file.endsWith('.bicep')) yield (await compiled(bicep, workspace, [file])).map(told);
    const at = `${SCENARIOS}/${scenario}.bicepparam`;
    const fresh = toScenario(at, files.get(at) ?? '', await takeSnapshot(bicep, workspace, at));
    // the other scenarios of this template stay out: they would speak for what is gone
    const others = kept.filter(({ template }) => template !== fresh.template);
    yield check({ files: all, scenarios: [fresh, ...others] }).map(told);
  } finally {
    workspace.write(file, source);
  }
}

describe('a fault seeded into a copy of the infrastructure is found and named', () => {
  test.for(faults)('$title', async (fault, { skip }) => {
    expect(files.get(fault.file) ?? '', `${fault.file} has no such text`).toContain(fault.from);
    const named = new RegExp(fault.told, 'u');
    const all: string[] = [];
    for await (const found of findings(fault)) {
      if (found.some((finding) => named.test(finding))) return;
      all.push(...found);
      if (!path) skip('there is no compiler here');
    }
    expect.fail(`Not told: ${fault.told}\n${all.join('\n')}`);
  });
});
