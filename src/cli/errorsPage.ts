import { fileURLToPath } from 'node:url';
import { type ErrorCode, errorBook, type Fault } from '../errors/errors.ts';
import { serviceErrors } from '../vision/serviceErrors.ts';

const TURN: Record<Fault, string> = {
  caller: 'the caller’s (who sent or dropped the picture)',
  operator: 'the operator’s (who runs the app)',
  service: 'the service’s',
};

const HEAD = `# Errors

Every failure this app reports is one of these codes: the \`code\` of a problem (\`application/problem+json\`), of a failed
prediction document and of a line in the log. This page is made from \`src/errors/errors.ts\`: \`npm run docs:errors\`.

Where Custom Vision answers with a code that is not listed here, or with none, its HTTP status decides.
`;

/** The error book as a page in Markdown; one heading per code, so that `#imagetoolarge` leads to ImageTooLarge. */
export function errorsPage(): string {
  const codes = Object.keys(errorBook) as ErrorCode[];
  return [HEAD, ...codes.map(section)].join('\n');
}

function section(code: ErrorCode): string {
  const { title, status, fault, transient, cause, fix } = errorBook[code];
  const from = Object.keys(serviceErrors).filter((serviceCode) => serviceErrors[serviceCode] === code);
  const lines = [
    `- Whose turn: ${TURN[fault]}`,
    `- HTTP status: ${status}`,
    `- Trying again: ${transient ? 'may mend it' : 'does not mend it'}`,
    `- Cause: ${plain(cause)}`,
    `- Fix: ${plain(fix)}`,
    ...(from.length > 0 ? [`- Custom Vision’s code: ${from.map((name) => `\`${name}\``).join(', ')}`] : []),
  ];
  return `## ${code}\n\n${plain(title)}.\n\n${lines.join('\n')}\n`;
}

/** Placeholders such as <app> would be taken for HTML, image/* for emphasis. */
const plain = (text: string): string => text.replaceAll(/[<*]|(?<!\w)_/gu, String.raw`\$&`);

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(errorsPage());
