#!/usr/bin/env node
// JavaScript, so that nothing is compiled before the cache is on (every later start is twice as quick), and so that an
// older Node says what is wrong instead of not knowing TypeScript.
import * as nodeModule from 'node:module';

if (process.features.typescript) {
  nodeModule.enableCompileCache();
  const { endWhereUnwritable, runCommand } = await import('./runCommand.ts');
  endWhereUnwritable();
  await runCommand(process.argv.slice(2));
} else {
  console.error(
    `Expected Node 22.18 or newer, got ${process.version}.\nFix: npm run keyless -- <command>, which brings its own.`,
  );
  process.exitCode = 2;
}
