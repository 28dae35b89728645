import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedForm, readFormPart } from '../../../local/prediction/multipart.ts';

const TYPE = 'multipart/form-data; boundary=edge';
const HEAD =
  '--edge\r\nContent-Disposition: form-data; name="imageData"\r\nContent-Type: application/octet-stream\r\n\r\n';
const TAIL = '\r\n--edge--\r\n';

const formOf = (content: Uint8Array) => Buffer.concat([Buffer.from(HEAD), content, Buffer.from(TAIL)]);
const outcome = (type: string, body: Uint8Array) =>
  readFormPart(type, body, 'imageData').then(
    (part) => ({ part }),
    (error: unknown) => ({ error }),
  );

describe('reading a form', () => {
  it('gives any bytes back as they were sent, without a file name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100_000, size: 'max' }), async (content) => {
        const part = await readFormPart(TYPE, formOf(content), 'imageData');
        expect(part && Buffer.compare(part, content)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('gives back bytes that nearly are the boundary', async () => {
    const pieces = fc.constantFrom('\r', '\n', '-', '--', '\r\n--', '\r\n--edg', '--edge', 'edge', '\0');
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (made) => {
        const content = Buffer.from(made.join(''));
        fc.pre(!`\r\n${content}`.includes('\r\n--edge'));
        expect((await readFormPart(TYPE, formOf(content), 'imageData'))?.toString()).toBe(content.toString());
      }),
      { numRuns: 300 },
    );
  });

  it('always ends, with a part, with none or with MalformedForm, whatever it is given', async () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(
            '--edge',
            '\r\n',
            '--',
            'Content-Disposition: form-data; name="imageData"',
            ':',
            ' ',
            '"',
            'x',
          ),
          { maxLength: 30 },
        )
        .map((words) => Buffer.from(words.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(
        garbage,
        fc.constantFrom(TYPE, 'multipart/form-data', 'multipart/form-data; boundary='),
        async (body, type) => {
          const result = await outcome(type, body);
          if ('error' in result) expect(result.error).toBeInstanceOf(MalformedForm);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses every form that breaks off before its end', async () => {
    const whole = formOf(Buffer.from('some picture'));
    for (let length = 0; length < whole.length - '--\r\n'.length; length += 1) {
      expect(await outcome(TYPE, whole.subarray(0, length))).toMatchObject({
        error: expect.any(MalformedForm),
      });
    }
  });
});
