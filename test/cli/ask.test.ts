import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ask } from '../../src/cli/ask.ts';
import { UsageError } from '../../src/cli/faults.ts';

const terminal = () => ({
  input: Object.assign(new PassThrough(), { isTTY: true }),
  output: new PassThrough(),
});

describe('the question before something is lost for good', () => {
  it.each([
    ['yes', 'yes'],
    [' Y ', 'yes'],
    ['no', 'no'],
    ['', 'no'],
    ['yes please', 'no'],
  ])('takes %j for %s', async (typed, answer) => {
    const { input, output } = terminal();
    const asked = ask('Really?', { input, output });
    input.write(`${typed}\n`);
    expect(await asked).toBe(answer);
    expect(String(output.read())).toContain('Really? Type yes to go on: ');
  });

  it('is interrupted by Ctrl-C, and by the end of the input', async () => {
    const one = terminal();
    const asked = ask('Really?', one);
    one.input.write('\x03');
    expect(await asked).toBe('interrupted');
    const other = terminal();
    const unanswered = ask('Really?', other);
    other.input.end();
    expect(await unanswered).toBe('interrupted');
  });

  it('is not asked where nobody can answer', async () => {
    const { input, output } = terminal();
    await expect(ask('Really?', { input: Object.assign(input, { isTTY: false }), output })).rejects.toThrow(
      UsageError,
    );
    expect(output.read()).toBeNull();
  });
});
