import { describe, type Finding } from '../checks/finding.ts';
import type { Bicep, Diagnostic } from './compiler.ts';
import type { Workspace } from './workspace.ts';

/** What must come after what, and says so by nothing else: file, symbol, and what it needs. */
const ORDER = [['infra/roles-vision.bicep', 'predicting', 'predictor']] as const;

/** What the compiler and its linter say of these files: warnings count, since a property that Azure does not know is one. */
export async function compiled(
  bicep: Bicep,
  workspace: Workspace,
  paths: Iterable<string>,
): Promise<Finding[]> {
  const found = new Map<string, Finding>();
  for (const path of paths) {
    const { success, diagnostics } = await bicep.compile(workspace.at(path));
    for (const each of diagnostics) {
      const finding = toFinding(each, workspace);
      if (each.level !== 'Info') found.set(describe(finding), finding);
    }
    if (!success) continue;
    for (const finding of await disordered(bicep, workspace, path)) found.set(describe(finding), finding);
  }
  return [...found.values()];
}

async function disordered(bicep: Bicep, workspace: Workspace, path: string): Promise<Finding[]> {
  const ordered = ORDER.filter(([file]) => file === path);
  if (ordered.length === 0) return [];
  const { edges } = await bicep.graph(workspace.at(path));
  return ordered
    .filter(
      ([, symbol, needed]) => !edges.some(({ source, target }) => source === symbol && target === needed),
    )
    .map(([file, symbol, needed]) => ({
      rule: 'ordered',
      file,
      message: `${symbol} must depend on ${needed}.`,
    }));
}

const toFinding = ({ source, range, code, message }: Diagnostic, workspace: Workspace): Finding => ({
  rule: code,
  file: source.replace(`${workspace.at('')}/`, ''),
  line: range.start.line + 1,
  message,
});
