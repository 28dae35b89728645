import { describe, expect, it } from 'vitest';
import { cloudOf } from '../../../src/cli/azure/cloud.ts';
import { UsageError } from '../../../src/cli/faults.ts';

describe('the cloud', () => {
  it('is the public one unless told', () => {
    expect(cloudOf({})).toEqual({
      armEndpoint: 'https://management.azure.com',
      armScope: 'https://management.azure.com/.default',
      graphEndpoint: 'https://graph.microsoft.com',
      graphScope: 'https://graph.microsoft.com/.default',
    });
  });

  it('of a government has its own audiences and its own Graph', () => {
    expect(cloudOf({ AZURE_ARM_ENDPOINT: 'https://management.usgovcloudapi.net/' })).toEqual({
      armEndpoint: 'https://management.usgovcloudapi.net',
      armScope: 'https://management.usgovcloudapi.net/.default',
      graphEndpoint: 'https://graph.microsoft.us',
      graphScope: 'https://graph.microsoft.us/.default',
    });
  });

  it('on this machine takes tokens of the public one', () => {
    expect(
      cloudOf({ AZURE_ARM_ENDPOINT: 'https://127.0.0.1:1', AZURE_GRAPH_ENDPOINT: 'https://127.0.0.1:2' }),
    ).toEqual({
      armEndpoint: 'https://127.0.0.1:1',
      armScope: 'https://management.azure.com/.default',
      graphEndpoint: 'https://127.0.0.1:2',
      graphScope: 'https://graph.microsoft.com/.default',
    });
  });

  it.each([
    'http://management.azure.com',
    'management.azure.com',
    'https://host/path',
    'https://me:pass@host',
  ])('is never sent a token where the address is %s', (address) => {
    expect(() => cloudOf({ AZURE_ARM_ENDPOINT: address })).toThrow(UsageError);
    expect(() => cloudOf({ AZURE_GRAPH_ENDPOINT: address })).toThrow(/AZURE_GRAPH_ENDPOINT must be/u);
  });
});
