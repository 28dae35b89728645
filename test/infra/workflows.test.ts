import { readdirSync, readFileSync } from 'node:fs';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../../.github/workflows/', import.meta.url);
const workflows = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
);

describe.each(Object.entries(workflows))('the workflow %s', (name, content) => {
  it('is one, by the schema of GitHub itself', () => {
    const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    expect(value).toBeDefined();
  });

  it('pins every action to a commit, with its version beside it', () => {
    const used = [...content.matchAll(/uses: (.+)$/gmu)].map(([, action]) => action);
    expect(used.length).toBeGreaterThan(1);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/u);
  });
});

it('a workflow with a member that GitHub does not know is told', () => {
  const content = `${workflows['ci.yml']}`.replace('runs-on:', 'run-on:');
  const { context } = parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter());
  expect(
    context.errors
      .getErrors()
      .map(({ message }) => message)
      .join(),
  ).toContain('run-on');
});

describe('the workflow that deploys', () => {
  const text = workflows['deploy.yml'] ?? '';
  const workflow = parse(text) as {
    on: Record<string, unknown>;
    permissions: Record<string, string>;
    jobs: Record<string, { permissions?: unknown; steps: { uses?: string; run?: string }[] }>;
  };
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  it('may ask for a token of its own and read the code, and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    for (const job of Object.values(workflow.jobs)) expect(job.permissions).toBeUndefined();
  });

  it('is never run for a pull request, whose code is somebody else’s', () => {
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch', 'push']);
  });

  it('holds no secret', () => {
    expect(text).not.toMatch(/secrets\.|client-secret|AZURE_CREDENTIALS/u);
  });

  it('signs in by federation, then provisions, then deploys', () => {
    const runs = steps.map(({ run = '' }) => run).join('\n');
    const order = ['npm ci', '--federated-credential-provider github', 'azd provision', 'azd deploy'];
    const found = order.map((words) => runs.indexOf(words));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it('puts no expression into a shell, where its value could be a command', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});
