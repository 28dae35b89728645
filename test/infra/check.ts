import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from './bicep/compiled.ts';
import { type Bicep, findBicep, startBicep } from './bicep/compiler.ts';
import { openWorkspace, type Workspace } from './bicep/workspace.ts';
import { check } from './checks/all.ts';
import { bicepFiles, describe, type Finding } from './checks/finding.ts';
import { fingerprint, infraFiles, ROOT, SCENARIOS, snapshotOf } from './files.ts';
import { keptScenarios, scenarioPaths, scopeOf, takeSnapshot } from './scenarios.ts';

/**
 * `npm run check`: the infrastructure by the compiler and its linter, by what deploying the scenarios would make, and by
 * our own checks of that. Without a compiler the kept snapshots serve, as long as they are of these very sources.
 * With --write (`npm run snapshots`) the snapshots are written. Exit code 1 where something is found.
 */
const MARK = join(ROOT, SCENARIOS, 'sources.sha256');
const writes = process.argv.includes('--write');
const files = infraFiles();
const path = findBicep();
const findings: Finding[] = [];

if (path) {
  using bicep = await startBicep(path);
  say(`compiled and linted by Bicep ${bicep.version}`);
  findings.push(...(await byCompiler(bicep)));
} else {
  say('no bicep is on the PATH or in .tools (.ci/bicep fetches it), so nothing was compiled or linted');
  if (writes) findings.push(stale('cannot be written'));
}
if (!existsSync(MARK) || readFileSync(MARK, 'utf8').trim() !== fingerprint(files)) {
  findings.push(stale('are of other sources'));
}
for (const scenario of scenarioPaths(files)) {
  if (!existsSync(join(ROOT, snapshotOf(scenario)))) findings.push(stale(`lack the one of ${scenario}`));
}
findings.push(...check({ files, scenarios: keptScenarios(files) }));
for (const finding of findings) process.stdout.write(`${describe(finding)}\n`);
say(findings.length === 0 ? 'nothing found' : `${findings.length} found`);
if (findings.length > 0) process.exitCode = 1;

async function byCompiler(bicep: Bicep): Promise<Finding[]> {
  using workspace = openWorkspace(bicep, files);
  const found = await compiled(
    bicep,
    workspace,
    bicepFiles(files).map(([file]) => file),
  );
  if (found.length > 0) return found;
  for (const scenario of scenarioPaths(files)) {
    const kept = join(ROOT, snapshotOf(scenario));
    const now = await takeSnapshot(bicep, workspace, scenario);
    if (existsSync(kept) && readFileSync(kept, 'utf8') === now) continue;
    if (writes) writeFileSync(kept, now);
    else if (existsSync(kept)) {
      showDifference(bicep, workspace, scenario, readFileSync(kept, 'utf8'));
      found.push(stale(`do not have what ${scenario} makes now`));
    }
  }
  if (writes) writeFileSync(MARK, `${fingerprint(files)}\n`);
  return found;
}

/** In the compiler’s own words. */
function showDifference({ path }: Bicep, workspace: Workspace, scenario: string, kept: string): void {
  if (kept.includes('"Microsoft.Graph/')) return; // it compares no resources of an extension
  workspace.write(snapshotOf(scenario), kept);
  const options = Object.entries(scopeOf(scenario)).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
  spawnSync(path, ['snapshot', workspace.at(scenario), '--mode', 'validate', ...options], {
    stdio: 'inherit',
  });
}

function stale(how: string): Finding {
  return {
    rule: 'snapshots',
    file: SCENARIOS,
    message: `The snapshots ${how}: npm run snapshots, and see what changed.`,
  };
}

function say(line: string): void {
  process.stderr.write(`infrastructure: ${line}.\n`);
}
