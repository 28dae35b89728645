import { isEmulator } from '../../../settings/imageStorage.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context, Get } from '../context.ts';
import { inTurn, type Place, removeCommand, setCommand } from '../place.ts';
import { queueUri } from '../settingFix.ts';

const EMULATOR = 'UseDevelopmentStorage=true';
const CONNECTION_STRING =
  /(?:^|;)\s*(?:AccountName=.+;\s*AccountKey=|\w+Endpoint=https?:\/\/|SharedAccessSignature=)/iu;
const LOOPBACK = /^https?:\/\/(?:localhost|127\.|\[::1\])/u;

/** What is read after the two underscores: https://learn.microsoft.com/azure/azure-functions/functions-reference#common-properties-for-identity-based-connections */
const MEMBERS = [
  'blobServiceUri',
  'queueServiceUri',
  'tableServiceUri',
  'serviceUri',
  'accountName',
  'credential',
  'clientId',
  'managedIdentityResourceId',
  'tenantId',
  'clientSecret',
];

/** The two storage connections as the host reads them, which is stricter and stranger than what the app needs. */
export function connectionChecks(context: Context): Check[] {
  const check = (id: string, name: string, title: string): Check => ({
    id,
    group: 'Settings',
    title,
    run: () => judge(name, context),
  });
  return [
    check('host-connection', 'AzureWebJobsStorage', 'The host’s own storage connection'),
    check('image-connection', 'ImageStorage', 'The connection to the pictures'),
  ];
}

function judge(name: string, context: Context): Finding {
  const { get, environment, place, choice } = context;
  const member = (suffix: string) => get(`${name}__${suffix}`);
  const [plain, blob, queue] = [get(name), member('blobServiceUri'), member('queueServiceUri')];
  const uris = { [`${name}__blobServiceUri`]: 'https://<account>.blob.core.windows.net' };
  const both = { ...uris, [`${name}__queueServiceUri`]: 'https://<account>.queue.core.windows.net' };

  const misspelt = misspeltNames(name, environment);
  const [wrong] = misspelt;
  if (wrong && !blob && !plain) {
    return fault(`${wrong.found} is no setting that the host reads; it reads ${wrong.meant}.`, {
      fix: 'Two underscores, and the name to the letter:',
      command: inTurn(
        removeCommand(place, [wrong.found]),
        setCommand(place, { [wrong.meant]: get(wrong.found) ?? '<value>' }),
      ),
    });
  }
  const prefixed = MEMBERS.map((each) => `${name}__${each}`).filter((each) => get(each) !== undefined);
  if (plain && prefixed.length > 0) {
    const keep = place.azure ? prefixed : [];
    return fault(
      `${name} is set beside ${prefixed.join(', ')}: the plain one wins, so ${
        isEmulator(plain) ? 'the emulator is used' : 'an account key is used'
      } and the others are not read.`,
      {
        fix: 'Keep one of the two. To reach the account with the identity:',
        command: removeCommand(place, keep.length > 0 || !isEmulator(plain) || blob ? [name] : prefixed),
      },
    );
  }
  if (plain) return plainConnection(name, plain, place, both);
  if (prefixed.length === 0) {
    return fault(`Neither ${name} nor ${name}__blobServiceUri is set, so the host does not start.`, {
      fix: 'Name the storage account:',
      command: setCommand(place, place.azure ? both : { [name]: EMULATOR }),
    });
  }
  return (
    addresses(name, get, place) ??
    identitySettings(name, context) ??
    ok(`By identity: ${blob ?? member('accountName')}.`, [
      `credential: ${member('credential') ?? 'not set'}, client id: ${member('clientId') ?? 'not set'}`,
      `queues: ${queue ?? member('accountName')}, app’s identity: ${choice.kind}`,
    ])
  );
}

function plainConnection(name: string, plain: string, place: Place, uris: Record<string, string>): Finding {
  if (isEmulator(plain)) {
    if (!place.azure) return ok('The local emulator.');
    return fault(`${name} names the local emulator, which is not in Azure.`, {
      fix: 'Name the storage account instead:',
      command: inTurn(removeCommand(place, [name]), setCommand(place, uris)),
    });
  }
  if (!CONNECTION_STRING.test(plain)) {
    return fault(
      `${name} is no connection string, and it is not needed: the account is reached by identity.`,
      {
        fix: 'Name its services instead:',
        command: inTurn(removeCommand(place, [name]), setCommand(place, uris)),
      },
    );
  }
  const secret = /SharedAccessSignature=/iu.test(plain) ? 'a shared access signature' : 'an account key';
  return warning(`${name} holds ${secret}.`, {
    fix: 'Reach the account with the identity instead:',
    command: inTurn(removeCommand(place, [name]), setCommand(place, uris)),
  });
}

function addresses(name: string, get: Get, place: Place): Finding | undefined {
  const [blobName, queueName] = [`${name}__blobServiceUri`, `${name}__queueServiceUri`];
  const [blob, queue, service] = [get(blobName), get(queueName), get(`${name}__serviceUri`)];
  if (service && !(blob && queue)) {
    return fault(
      `${name}__serviceUri tells the blob service alone: the trigger has no queue, and moving to poison ends in 405.`,
      {
        fix: 'Give both services:',
        command: inTurn(
          removeCommand(place, [`${name}__serviceUri`]),
          setCommand(place, { [blobName]: service, [queueName]: queueUri(service) }),
        ),
      },
    );
  }
  if (!blob && !queue && get(`${name}__accountName`)) return undefined;
  if (!blob || !queue) {
    const missing = blob ? queueName : blobName;
    const value = blob ? queueUri(blob) : (queue?.replace('.queue.', '.blob.') ?? '');
    return fault(`${missing} is not set; the blob trigger needs both services.`, {
      fix: 'Give it beside the other:',
      command: setCommand(place, { [missing]: value }),
    });
  }
  for (const [setting, value] of [
    [blobName, blob],
    [queueName, queue],
  ] as const) {
    if (/^http:\/\//u.test(value) && LOOPBACK.test(value)) {
      return fault(`${setting} is an emulator over http, which takes no tokens.`, {
        fix: 'Use the emulator with its own connection string:',
        command: inTurn(removeCommand(place, [blobName, queueName]), setCommand(place, { [name]: EMULATOR })),
      });
    }
    if (!/^https:\/\//u.test(value)) {
      return fault(`${setting} does not begin with https://.`, {
        fix: 'Write the whole address:',
        command: setCommand(place, { [setting]: `https://${value.replace(/^\w+:\/\//u, '')}` }),
      });
    }
  }
  if (blob.includes('.queue.') || queue.includes('.blob.')) {
    return fault(`${blobName} and ${queueName} are the wrong way round, or both of one service.`, {
      fix: 'Each service has its own host:',
      command: setCommand(place, {
        [blobName]: blob.replace('.queue.', '.blob.'),
        [queueName]: queue.replace('.blob.', '.queue.'),
      }),
    });
  }
  return undefined;
}

function identitySettings(name: string, { get, place, choice }: Context): Finding | undefined {
  const [credentialName, clientName] = [`${name}__credential`, `${name}__clientId`];
  const [credential, client] = [get(credentialName), get(clientName)];
  const resource = get(`${name}__managedIdentityResourceId`);
  if (credential && choice.kind === 'developer' && !place.azure) {
    return fault(
      `${credentialName} is the cloud’s: this machine has no managed identity, so func start fails.`,
      {
        fix: 'Remove it here, so that the host takes the developer’s sign-in:',
        command: removeCommand(place, [credentialName, ...(client ? [clientName] : [])]),
      },
    );
  }
  if (credential && credential.toLowerCase() !== 'managedidentity') {
    return fault(`${credentialName} is “${credential}”; the host knows managedidentity.`, {
      command: setCommand(place, { [credentialName]: 'managedidentity' }),
    });
  }
  if (client && !credential) {
    return fault(
      `${clientName} without ${credentialName}: the host does not take it for a managed identity.`,
      {
        fix: 'Set both:',
        command: setCommand(place, { [credentialName]: 'managedidentity' }),
      },
    );
  }
  if (choice.kind === 'clientId' && client !== choice.id && !resource) {
    return warning(
      `The app uses the identity ${choice.id}, the host ${client ?? 'the system-assigned one'}: both need the roles on the storage account.`,
      {
        fix: 'Use one identity for both:',
        command: setCommand(place, { [credentialName]: 'managedidentity', [clientName]: choice.id }),
      },
    );
  }
  return undefined;
}

type Misspelt = { found: string; meant: string };

/** `ImageStorage_blobServiceUri`, `ImageStorage:blobServiceUri`, `ImageStorage__blobServiceUrl` and alike. */
function misspeltNames(name: string, environment: Readonly<Record<string, unknown>>): Misspelt[] {
  return Object.keys(environment).flatMap((found) => {
    const rest = new RegExp(`^${name}(?:_{1,3}|:|\\.)(\\w+)$`, 'iu').exec(found)?.[1];
    if (!rest) return [];
    const plainRest = rest.toLowerCase().replace(/url$|endpoint$/u, 'uri');
    const member = MEMBERS.find((each) => {
      const lower = each.toLowerCase();
      return lower === plainRest || lower === plainRest.replace(/^(blob|queue)uri$/u, '$1serviceuri');
    });
    const meant = member && `${name}__${member}`;
    return meant && meant.toLowerCase() !== found.toLowerCase() ? [{ found, meant }] : [];
  });
}
