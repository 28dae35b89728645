import { readWays } from '../../../settings/proxies.ts';
import { cloudOf } from '../../azure/cloud.ts';
import { TRAINING_SETTING } from '../../training/endpoint.ts';
import { type Check, ok } from '../check.ts';
import type { Context } from '../context.ts';
import { endpointsOf } from './endpoints.ts';

/** Which way each address goes that the app, or this command, talks to; of a deployed app by its own settings. */
export function waysCheck(context: Context): Check {
  return {
    id: 'ways',
    group: 'This machine',
    title: 'The ways out',
    run() {
      const ways = readWays(context.environment, () => {}); // its problems are among those of the settings
      const told = addressesOf(context).map(([what, url]) => ({
        what,
        host: url.host,
        proxy: ways(url)?.host,
      }));
      const details = told.map(
        ({ what, host, proxy }) => `${what} ${host}: ${proxy ? `through the proxy ${proxy}` : 'direct'}`,
      );
      const proxied = told.filter(({ proxy }) => proxy !== undefined);
      if (proxied.length === 0) return ok('Every address is reached directly.', details);
      const proxies = [...new Set(proxied.map(({ proxy }) => proxy))].map(
        (each) => `${hosts(proxied.filter(({ proxy }) => proxy === each))} through the proxy ${each}`,
      );
      const direct = hosts(told.filter(({ proxy }) => proxy === undefined));
      return ok(`${proxies.join('; ')}${direct ? `; ${direct} directly` : ''}.`, details);
    },
  };
}

const hosts = (of: readonly { host: string }[]): string =>
  [...new Set(of.map(({ host }) => host))].join(', ');

function addressesOf(context: Context): [what: string, url: URL][] {
  const { get, loaded, deployed } = context;
  const { imageStorage, notify = [] } = loaded.settings ?? {};
  const { callers } = loaded.registration;
  const named: [string, string | undefined][] = [
    ['identity endpoint', get('IDENTITY_ENDPOINT')],
    ...endpointsOf(context).map((endpoint): [string, string] => ['Custom Vision', endpoint]),
    ['training account', get(TRAINING_SETTING)],
    ...(imageStorage && 'blobServiceUri' in imageStorage
      ? ([
          ['pictures', imageStorage.blobServiceUri],
          ['queues', imageStorage.queueServiceUri],
        ] as [string, string][])
      : []),
    ['host storage', get('AzureWebJobsStorage__blobServiceUri')],
    ...notify.map(({ to }): [string, string] => [`target of NOTIFY (${to.kind})`, to.url]),
    ['sign-in', callers.kind === 'entra' ? callers.authority : undefined],
    ...(deployed ? armAndGraph() : []),
  ];
  return named.flatMap(([what, address]): [string, URL][] => {
    const url = URL.parse(address ?? '');
    return url ? [[what, url]] : [];
  });
}

function armAndGraph(): [string, string][] {
  const { armEndpoint, graphEndpoint } = cloudOf(process.env);
  return [
    ['Azure Resource Manager', armEndpoint],
    ['Microsoft Graph', graphEndpoint],
  ];
}
