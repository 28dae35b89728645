import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  objectId,
  parseResourceId,
  resourceId,
  topOf,
  userIdentityId,
} from '../../../src/cli/azure/resourceId.ts';
import { UsageError } from '../../../src/cli/faults.ts';

const GROUP = '/subscriptions/5b1d4f0e-7c1a-4d52-9a6e-2f6d0c8b7a11/resourceGroups/orchard';
const SITE = `${GROUP}/providers/Microsoft.Web/sites/orchard-app`;

describe('a resource id', () => {
  it('is read into its parts, nested ones with their full type', () => {
    expect(parseResourceId(SITE)).toEqual({
      id: SITE,
      subscriptionId: '5b1d4f0e-7c1a-4d52-9a6e-2f6d0c8b7a11',
      resourceGroup: 'orchard',
      namespace: 'Microsoft.Web',
      type: 'Microsoft.Web/sites',
      name: 'orchard-app',
    });
    expect(parseResourceId(`${SITE}/slots/staging`)).toMatchObject({
      type: 'Microsoft.Web/sites/slots',
      name: 'staging',
    });
  });

  it('is taken in any case and with a slash at the end, as portals and templates give it', () => {
    expect(resourceId(SITE.replace('resourceGroups', 'resourcegroups'))).toMatchObject({
      name: 'orchard-app',
    });
    expect(resourceId(` ${SITE}/ `).id).toBe(SITE);
  });

  it.each([
    '',
    'orchard-app',
    GROUP,
    `${GROUP}/providers/Microsoft.Web`,
    `${GROUP}/providers/Microsoft.Web/sites`,
    `${SITE}/slots`,
    SITE.replace('5b1d', 'xyz'),
    SITE.replace('Microsoft.Web', 'Web'),
    SITE.replace('orchard-app', '..'),
    SITE.replace('orchard-app', 'a%2Fb'),
    SITE.replace('orchard-app', 'a?b'),
    SITE.replace('/orchard/', '/orchard./'),
    `https://management.azure.com${SITE}`,
  ])('is refused when it is none, with what one looks like: %s', (text) => {
    expect(() => resourceId(text)).toThrow(UsageError);
    expect(() => resourceId(text)).toThrow(
      expect.objectContaining({
        fix: expect.stringContaining('/resourceGroups/<group>/providers/Microsoft.Web'),
      }),
    );
  });

  it('with a Windows folder before it is known for what Git Bash does', () => {
    expect(() => resourceId(`C:/Program Files/Git${SITE}`)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('MSYS_NO_PATHCONV=1') }),
    );
  });

  it('of anything else than a user-assigned identity is not taken for one', () => {
    const identity = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/picker`;
    expect(userIdentityId(identity).name).toBe('picker');
    expect(() => userIdentityId(SITE)).toThrow(/is a Microsoft\.Web\/sites, not a user-assigned identity/u);
  });

  it('of a nested resource leads to the one at the top', () => {
    const account = `${GROUP}/providers/Microsoft.Storage/storageAccounts/fruit`;
    expect(topOf(resourceId(`${account}/blobServices/default/containers/images`)).id).toBe(account);
    expect(topOf(resourceId(account)).id).toBe(account);
  });

  it('whatever is typed gives an id of exactly that text, or is refused as wrong use', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('sites', 'a', 'Microsoft.Web', 'providers', '..', ''),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => `${GROUP}/providers/${pieces.join('/')}`),
    );
    fc.assert(
      fc.property(text, (typed) => {
        let id: string;
        try {
          id = resourceId(typed).id;
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          return;
        }
        expect(typed.trim().replace(/\/$/u, '')).toBe(id);
        // what a URL of it would name is the id itself, so no other resource can be meant
        const path = new URL(`https://management.azure.com${id}?api-version=1`).pathname;
        expect(decodeURIComponent(path)).toBe(id);
      }),
    );
  });
});

describe('an object id', () => {
  it('is a GUID, and nothing else', () => {
    expect(objectId('5B1D4F0E-7C1A-4D52-9A6E-2F6D0C8B7A11')).toBe('5b1d4f0e-7c1a-4d52-9a6e-2f6d0c8b7a11');
    for (const text of ['', 'orchard', "5b1d4f0e-7c1a-4d52-9a6e-2f6d0c8b7a11' or 'a' eq 'a"]) {
      expect(() => objectId(text)).toThrow(UsageError);
    }
  });
});
