import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openapiDocument } from '../../src/http/openapi/document.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/limits.md');
const rows = [
  ...page.matchAll(/^\| (.+?) \| ([\d,]+)(?: (MiB|KiB|s))? \| `(.+?)` (\w+)(?:\.(\w+))? \|$/gmu),
].map(([, what = '', number = '', unit = '', file = '', name = '', member]) => ({
  what,
  number: Number(number.replaceAll(',', '')),
  unit,
  file,
  name,
  member,
}));

/** The number of `const NAME = 16 * 1024;`, or of a member of an object, as it stands in the source. */
function constant(source: string, name: string, member?: string): number {
  const [, value = ''] = new RegExp(`const ${name}(?:: \\w+)? = ([^;]+);`, 'u').exec(source) ?? [];
  const text = member === undefined ? value : new RegExp(`\\b${member}: ([^,}]+)`, 'u').exec(value)?.[1];
  const factors = (part: string) =>
    part.split('*').reduce((product, factor) => {
      const known = factor.trim() === 'MIB' ? '1048576' : factor.replaceAll('_', '');
      return product * (factor.trim() === 'MAX_UPLOAD_BYTES' ? 32 * 1_048_576 : Number(known));
    }, 1);
  return (text ?? '').split('+').reduce((sum, part) => sum + factors(part), 0);
}

describe('docs/limits.md', () => {
  it('has every row of its tables read', () => {
    expect(rows.length).toBe(page.match(/^\| [^|]+ \| \d/gmu)?.length);
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows)('says of “$what” what $name of $file says', ({ number, unit, file, name, member }) => {
    const isMilliseconds = unit === 's' && !name.endsWith('_SECONDS');
    const scale = { '': 1, s: isMilliseconds ? 1_000 : 1, KiB: 1_024, MiB: 1_048_576 }[unit];
    expect(number * (scale ?? Number.NaN)).toBe(constant(read(`src/${file}`), name, member));
  });

  it('says of queries and urls what the OpenAPI document says', () => {
    const { paths, components } = JSON.parse(JSON.stringify(openapiDocument()));
    const query = Object.fromEntries(
      paths['/predictions'].get.parameters.map(({ name, schema }: { name: string; schema: object }) => [
        name,
        schema,
      ]),
    );
    expect(query).toMatchObject({
      prefix: { pattern: expect.stringContaining('{0,1024}') },
      cursor: { pattern: expect.stringContaining('{1,4096}') },
      top: { minimum: 1, maximum: 1_000 },
    });
    expect(components.schemas.UrlBody.properties.url.maxLength).toBe(2_048);
    expect(page).toContain(
      '`url` has 2,048 characters at most, `prefix` 1,024, `cursor` 4,096; `top` goes from 1 to 1,000',
    );
  });
});
