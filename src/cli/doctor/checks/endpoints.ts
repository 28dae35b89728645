import { addressed, isService } from '../../../settings/settings.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { modelCommand } from '../modelFix.ts';
import { inTurn } from '../place.ts';
import type { Reached } from '../reach.ts';

const LIST =
  'az cognitiveservices account list --query "[].{name:name, kind:kind, endpoint:properties.endpoint}" --output table';

/** How far a clock may be off: Entra and the services allow five minutes. */
const MAX_SKEW_MS = 5 * 60_000;

export const endpointsOf = ({ loaded }: Context): string[] => [
  ...new Set(
    (loaded.settings?.models ?? [])
      .filter(isService)
      .flatMap(addressed)
      .map(({ endpoint }) => endpoint),
  ),
];

/** A wrong clock makes every token look wrong, so it is judged before any of them. */
export function clockCheck(context: Context): Check {
  const { imageStorage } = context.loaded.settings ?? {};
  const origins = [
    ...endpointsOf(context),
    ...(imageStorage && 'blobServiceUri' in imageStorage
      ? [new URL(imageStorage.blobServiceUri).origin]
      : []),
  ];
  return {
    id: 'clock',
    group: 'This machine',
    title: 'The clock',
    after: ['settings'],
    async run() {
      const reached = await Promise.all(origins.map(context.reach));
      const skews = reached.flatMap((each) => (each.answered ? (each.skewMs ?? []) : []));
      const [skew] = skews.toSorted((a, b) => Math.abs(a) - Math.abs(b));
      if (skew === undefined) {
        return {
          status: 'could not check',
          finding: 'No service answered with its time.',
          because: 'nothing answered',
        };
      }
      const off = Math.round(Math.abs(skew) / 1000);
      if (Math.abs(skew) > MAX_SKEW_MS) {
        const minutes = Math.round(off / 60);
        return fault(
          `It is ${minutes} minutes ${skew > 0 ? 'ahead of' : 'behind'} the services’ clock; tokens then count as expired or not yet valid.`,
          { fix: 'Set it by the network:', command: 'sudo timedatectl set-ntp true' },
        );
      }
      return ok(off < 2 ? 'As the services’.' : `${off} s off, which does no harm.`);
    },
  };
}

/** Name, connection and certificate of an account’s address, before any token comes into it. */
export function endpointCheck(context: Context, endpoint: string): Check {
  const { host, hostname } = new URL(endpoint);
  return {
    id: `endpoint:${host}`,
    group: 'Custom Vision account',
    title: `${host} answers`,
    after: ['settings'],
    async run() {
      const reached = await context.reach(endpoint);
      if (!reached.answered) return unreached(context, endpoint, reached);
      const { status, addresses, ms } = reached;
      return ok(
        `It does, in ${ms} ms${endpoint.startsWith('https:') ? ', with a trusted certificate' : ''}.`,
        [
          ...(addresses.length > 0 ? [`${hostname} is ${addresses.join(', ')}`] : []),
          `HTTP ${status} to a request without a token`,
        ],
      );
    },
  };
}

function unreached(
  context: Context,
  endpoint: string,
  reached: Extract<Reached, { answered: false }>,
): Finding {
  const { host } = new URL(endpoint);
  const model = context.loaded.settings?.models
    .filter(isService)
    .flatMap(addressed)
    .find((each) => each.endpoint === endpoint);
  const set = model && modelCommand(context, model, { endpoint: '<endpoint>' });
  switch (reached.step) {
    case 'proxy':
      return (context.deployed ? warning : fault)(reached.fault.message, { fix: reached.fault.fix });
    case 'name':
      return fault(`The name ${host} does not resolve (${reached.code}).`, {
        fix: 'Look how the account’s endpoint is really called; with a private endpoint, link its DNS zone to this network. Then:',
        command: inTurn(LIST, set),
      });
    case 'tls':
      return fault(`The certificate of ${host} is not trusted here (${reached.code}).`, {
        fix: 'Where a proxy or the local environment has its own authority, name its file before the command:',
        command: 'export NODE_EXTRA_CA_CERTS=<authority.pem>',
      });
    case 'no tls':
    case 'no http':
      return fault(
        `${host} answers, but not by ${reached.step === 'no tls' ? 'TLS' : 'HTTP'} (${reached.code}).`,
        {
          fix: 'Look whether the address and its port are the account’s own:',
          command: inTurn(LIST, set),
        },
      );
    case 'connection':
      if (context.deployed) {
        return warning(
          `${host} does not answer from here (${reached.code}); the app may reach it by its own network.`,
          {
            fix: 'Drop a picture with --probe: the app itself then tells.',
          },
        );
      }
      return fault(`${host} does not answer (${reached.code}).`, {
        fix: 'Look at the endpoint, then at proxy, firewall and network of this machine:',
        command: inTurn(LIST, set),
      });
  }
}
