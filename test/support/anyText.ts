import fc from 'fast-check';

/** The code points of UTF-16 that come in pairs, and are none alone. */
const SURROGATES = { first: 0xd800, count: 0x800 };
const codePoint = fc.integer({ min: 0, max: 0x10ffff - SURROGATES.count }).map(
  (index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count),
  (text) => {
    const point = typeof text === 'string' ? (text.codePointAt(0) ?? -1) : -1;
    if (point < 0 || text !== String.fromCodePoint(point)) throw new Error('One code point is asked for.');
    return point < SURROGATES.first ? point : point - SURROGATES.count;
  },
);

/**
 * Text of any code points, as fast-check's unit `binary` gives it. That one writes a table of all of them first: 1.4 s and
 * 100 MB in each process.
 */
export const anyText = (length: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> =>
  fc.string({ ...length, unit: codePoint });

const part = anyText({ maxLength: 12 }).map(encodeURIComponent);

/** URLs with any path, query and fragment; fast-check's `webUrl` needs the same table. */
export const anyUrl = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    fc.webAuthority({ withPort: true, withIPv4: true, withUserInfo: false }),
    fc.array(part, { maxLength: 5 }),
    fc.option(part, { nil: undefined }),
    fc.option(part, { nil: undefined }),
  )
  .map(
    ([scheme, authority, path, query, fragment]) =>
      `${scheme}://${authority}${path.map((segment) => `/${segment}`).join('')}${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`,
  );
