import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableGuid } from '../../src/cli/grant/roleAssignments.ts';

describe('a stable GUID', () => {
  it('is the version 5 UUID that any other library makes of the same name', () => {
    // python: uuid.uuid5(namespace, '/scope|principal|role')
    expect(stableGuid('/scope', 'principal', 'role')).toBe('0f1713f1-5d65-50d6-b3dc-2a9b1ec7dc7e');
  });

  it('is the same for the same parts in any case, and another one for any other parts', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '-', '/') }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = one.join('|').toLowerCase() === other.join('|').toLowerCase();
        expect(stableGuid(...one)).toMatch(
          /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u,
        );
        expect(stableGuid(...one) === stableGuid(...other)).toBe(same);
        expect(stableGuid(...one)).toBe(stableGuid(...one.map((part) => part.toUpperCase())));
      }),
    );
  });
});
