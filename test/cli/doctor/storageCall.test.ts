import { RestError } from '@azure/storage-blob';
import { expect, it } from 'vitest';
import { createContext } from '../../../src/cli/doctor/context.ts';
import { storageFault } from '../../../src/cli/doctor/storageCall.ts';

it('takes the connection string away where an account takes no keys: it would go before the addresses', async () => {
  const refusal = new RestError('Key based authentication is not permitted on this storage account.', {
    code: 'KeyBasedAuthenticationNotPermitted',
    statusCode: 403,
  });
  const finding = await storageFault(createContext({}), refusal, {
    what: 'Looking at the host’s container azure-webjobs-hosts',
    url: 'https://orchard.blob.core.windows.net/',
    service: 'blob',
    connection: 'AzureWebJobsStorage',
  });
  expect(finding.command).toBe(
    [
      'func settings delete AzureWebJobsStorage',
      'func settings add AzureWebJobsStorage__blobServiceUri https://orchard.blob.core.windows.net',
      'func settings add AzureWebJobsStorage__queueServiceUri https://orchard.queue.core.windows.net',
    ].join(' && '),
  );
});
