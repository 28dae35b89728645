import { describe, expect, it } from 'vitest';
import { newestVersion } from '../../../src/cli/azure/resource.ts';
import { resourceId } from '../../../src/cli/azure/resourceId.ts';

const ID = '/subscriptions/5b1d4f0e-7c1a-4d52-9a6e-2f6d0c8b7a11/resourceGroups/orchard/providers';
const provider = {
  resourceTypes: [
    { resourceType: 'sites', apiVersions: ['2022-09-01', '2025-03-01', '2026-01-01-preview', '2024-11-01'] },
    { resourceType: 'sites/slots', apiVersions: ['2024-11-01'] },
    { resourceType: 'novelties', apiVersions: ['2025-01-01-preview', '2026-01-01-preview'] },
  ],
};

describe('the version to ask with', () => {
  it('is the newest stable one of the very type, whatever the order and the case', () => {
    expect(newestVersion(provider, resourceId(`${ID}/Microsoft.Web/Sites/orchard`))).toBe('2025-03-01');
    expect(newestVersion(provider, resourceId(`${ID}/Microsoft.Web/sites/orchard/slots/s`))).toBe(
      '2024-11-01',
    );
  });

  it('is the newest preview where nothing is stable', () => {
    expect(newestVersion(provider, resourceId(`${ID}/Microsoft.Web/novelties/one`))).toBe(
      '2026-01-01-preview',
    );
  });

  it('is refused for a type that does not exist, with the one that may be meant', () => {
    expect(() => newestVersion(provider, resourceId(`${ID}/Microsoft.Web/site/orchard`))).toThrow(
      'Microsoft.Web has no resource type site. Did you mean sites?',
    );
  });
});
