import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askFirst } from '../../src/cli/ask.ts';
import { UsageError } from '../../src/cli/faults.ts';

const terminal = ({ input = true, output = true } = {}) => ({
  input: Object.assign(new PassThrough(), { isTTY: input }),
  output: Object.assign(new PassThrough(), { isTTY: output }),
});
const REALLY = { question: 'Really?', otherwise: 'Nothing was paid.' };

describe('the question before something is paid or lost for good', () => {
  it.each([
    ['yes', undefined],
    [' Y ', undefined],
    ['no', 1],
    ['', 1],
    ['yes please', 1],
  ])('takes %j for the exit code %s, undefined to go on', async (typed, code) => {
    const { input, output } = terminal();
    const asked = askFirst(REALLY, { input, output });
    input.write(`${typed}\n`);
    expect(await asked).toBe(code);
    const said = String(output.read());
    expect(said).toContain('Really? [y/N] ');
    expect(said.includes('Nothing was paid.')).toBe(code === 1);
  });

  it('is interrupted by Ctrl-C, by the end of the input, and by what takes it back', async () => {
    const one = terminal();
    const asked = askFirst(REALLY, one);
    one.input.write('\x03');
    expect(await asked).toBe(130);
    const other = terminal();
    const unanswered = askFirst(REALLY, other);
    other.input.end();
    expect(await unanswered).toBe(130);
    const stop = new AbortController();
    const taken = askFirst({ ...REALLY, signal: stop.signal }, terminal());
    stop.abort();
    expect(await taken).toBe(130);
  });

  it.each([
    ['answer', { input: false }],
    ['see it', { output: false }],
  ])('is not asked where nobody can %s', async (_, where) => {
    const { input, output } = terminal(where);
    await expect(askFirst(REALLY, { input, output })).rejects.toThrow(UsageError);
    expect(output.read()).toBeNull();
  });

  it('is not asked where --yes answered it', async () => {
    const { input, output } = terminal({ input: false });
    expect(await askFirst({ ...REALLY, yes: true }, { input, output })).toBeUndefined();
    expect(output.read()).toBeNull();
  });
});
