import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { createProgram } from './program.ts';

/** Wide enough that no line of ours is broken, whatever terminal it is made on. */
const WIDTH = 110;

/** docs/cli.md: what each command says of itself, so that it cannot say anything else. */
export function cliPage(program: Command = createProgram()): string {
  const sections = program.commands.flatMap((command) =>
    command.commands.length > 0 ? [command, ...command.commands] : [command],
  );
  return `# The command line

\`npm run keyless -- <command>\`, or \`npx keyless <command>\` inside the repository. Made by \`npm run docs:cli\` from the
commands themselves. Results go to standard output, progress and remarks to standard error; colours only to a terminal,
and never with \`NO_COLOR\`.

${block(program)}
${sections.map((command) => `\n## ${nameOf(command)}\n\n${block(command)}`).join('\n')}
`;
}

const nameOf = (command: Command): string =>
  command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();

function block(command: Command): string {
  let help = '';
  command
    .configureHelp({ ...command.configureHelp(), helpWidth: WIDTH })
    .configureOutput({ writeOut: (text) => (help += text), getOutHasColors: () => false })
    .outputHelp();
  return `\`\`\`text\n${help.trim()}\n\`\`\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(cliPage().trimEnd());
