import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { withoutSecrets } from '../../src/errors/secrets.ts';
import { anyText } from '../support/anyText.ts';
import { shortest } from '../support/loopTime.ts';

const CANARY = 'CaNaRy0123456789';
const HOLDERS = [
  `https://a.blob.core.windows.net/x/y.jpg?sp=r&sv=2024-11-04&sig=${CANARY}&se=1`,
  `https://a.blob.core.windows.net/x?${CANARY}`,
  `HTTPS://a/x#access_token=${CANARY}`,
  `https://user:${CANARY}@host/path`,
  `https://user:a@${CANARY}@host`,
  `wss://${CANARY}@host`,
  String.raw`"https:\/\/a.blob.core.windows.net\/x?sv=1&sig=${CANARY}"`,
  `/x/y.jpg?sig=${CANARY}`,
  `https%3A%2F%2Fa%2Fx%3Fsig%3D${CANARY}`,
  `BlobEndpoint=https://a/;SharedAccessSignature=sv=1&sig=${CANARY}`,
  `AccountName=a;AccountKey=${CANARY}==;EndpointSuffix=x`,
  `Authorization: Bearer ${CANARY}`,
  `eyJhbGciOi${CANARY}.eyJv${CANARY}.${CANARY}`,
  `{"subscription-key": "${CANARY}"}`,
];

describe('a text without secrets', () => {
  it.each(HOLDERS)('holds no more what %s holds, whatever stands around it', (holder) => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(' ', '\n', '“', '(', '"', "'"), (around, edge) => {
        const text = `${around}${edge}${holder}${edge === '“' ? '”' : edge}${around}`;
        expect(withoutSecrets(text)).not.toContain(CANARY);
      }),
    );
  });

  it.each([
    'az account list --query "[?properties.customSubDomainName==\'fruit\'].id" --output tsv',
    'Is it there? Then try again. See https://learn.microsoft.com/azure/ai-services/a.',
    'Expected {"url": "https://…"} with an absolute URL, got mailto:a@b.example.',
    'images/what?.jpg and 100%.jpg, keys=3, Password protected, a key: none',
    'https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/x/classify/iterations/y/image',
  ])('keeps %s', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it.each([
    '://',
    'https://a',
    '-eyJaaaaaaaa',
    'eyJaaaaaaaa.',
    'bearer ',
    '"key',
    '"a":',
    '?a',
    '?a=',
    '//a@',
    '%3',
    '&sig=',
  ])('takes time in proportion to the text, of %s over and over', (unit) => {
    const text = unit.repeat(1_000_000 / unit.length);
    expect(shortest(() => withoutSecrets(text))).toBeLessThan(700);
  });
});

describe('an error of the book', () => {
  const printed = (error: unknown) =>
    [String(error), JSON.stringify(error), inspect(error, { depth: 10, showHidden: true })].join('\n');

  it.each(HOLDERS)('shows nothing of %s, in message, fix or cause', (holder) => {
    const below = Object.assign(new Error(`It said “${holder}”.`), {
      code: 'Odd',
      body: { error: { message: holder, details: [holder] } },
      request: { headers: { authorization: CANARY } },
      response: { bodyAsText: CANARY },
    });
    const cause = new TypeError(`above ${holder}`, { cause: below });
    below.cause = cause; // as a library may have it
    const error = new KeylessError('VisionUnavailable', holder, { cause, fix: `Do ${holder}` });
    expect(printed(error)).not.toContain(CANARY);
    expect(printed(error.afterAttempts(3))).not.toContain(CANARY);
    expect(error.stack).not.toContain(CANARY);
    expect(error.cause).toBe(cause);
    expect(below.code).toBe('Odd');
  });

  it('is one line that nothing steers, whatever is put into it', () => {
    const sign = fc.constantFrom(
      '\n',
      '\r',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u001b[2J',
      '\u202e',
      '\u2066',
      '\u061c',
      '\0',
      '\ud83c',
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(sign, anyText({ maxLength: 1 })) }), (text) => {
        const { message, fix } = new KeylessError('NotFound', text, { fix: text });
        for (const said of [message, fix]) {
          expect(said).not.toMatch(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
          expect(said.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('is the same when it is made of its own words again', () => {
    const { message } = new KeylessError('NotFound', `${HOLDERS.join('\n')}\nthe end`);
    expect(message).toContain('the end');
    expect(new KeylessError('NotFound', message).message).toBe(message);
  });

  it('takes causes that cannot be changed or are no errors', () => {
    const frozen = Object.freeze({ text: 'a', self: null });
    for (const cause of [frozen, null, 7, 'word', Buffer.alloc(1_000_000), DOMException, () => 1])
      expect(new KeylessError('NotFound', 'No.', { cause }).cause).toBe(cause);
  });
});
