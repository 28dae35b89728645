import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliPage } from '../../src/cli/cliPage.ts';
import { createProgram } from '../../src/cli/program.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

describe('docs/cli.md', () => {
  it('says what the commands say of themselves (else: npm run docs:cli)', () => {
    expect(page).toBe(cliPage());
  });

  it('has examples for each command', () => {
    for (const command of createProgram().commands) {
      const leaves = command.commands.length > 0 ? command.commands : [command];
      for (const leaf of leaves) {
        const name = leaf === command ? leaf.name() : `${command.name()} ${leaf.name()}`;
        const section = page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0];
        expect(section, name).toMatch(new RegExp(`Examples:\\n +\\$ keyless ${name}`, 'u'));
      }
    }
  });
});
