import { isEmulator } from '../../../settings/imageStorage.ts';
import { isUuid } from '../../../settings/predictionUrl.ts';
import { type Check, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { inTurn, removeCommand, setCommand } from '../place.ts';

/** Variables that mean one thing in Azure and another here, or that the host reads for itself. */
export const surroundingsChecks = (context: Context): Check[] => [
  clientIdCheck(context),
  placeCheck(context),
];

/**
 * The host takes AZURE_CLIENT_ID for the identity of its own storage wherever that is reached by identity:
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
 */
function clientIdCheck({ get, place, choice }: Context): Check {
  return {
    id: 'azure-client-id',
    group: 'Settings',
    title: 'AZURE_CLIENT_ID',
    run() {
      const id = get('AZURE_CLIENT_ID');
      if (!id) return ok('Not set.');
      const audiences = get('ENTRA_AUDIENCE')?.toLowerCase() ?? '';
      const api = audiences.includes(id.toLowerCase());
      if (choice.kind === 'clientId' && choice.id.toLowerCase() === id.toLowerCase() && !api) {
        return ok('The identity of the app, for the host too.');
      }
      const command = removeCommand(place, ['AZURE_CLIENT_ID']);
      if (api) {
        return fault(
          'AZURE_CLIENT_ID is the API’s app registration (ENTRA_AUDIENCE); the host takes it for the identity of its storage and does not start.',
          { fix: 'Remove it; ENTRA_AUDIENCE is the name for it:', command },
        );
      }
      const other = `AZURE_CLIENT_ID is ${isUuid(id) ? id : 'no client id (a UUID)'}, the app’s identity is ${'id' in choice ? choice.id : choice.kind}`;
      const hostByIdentity = get('AzureWebJobsStorage') === undefined;
      return hostByIdentity
        ? fault(`${other}; the host takes AZURE_CLIENT_ID for the identity of its storage.`, {
            fix: 'Remove it, or set it to the user-assigned identity:',
            command,
          })
        : warning(
            `${other}; the host would take it for its storage as soon as that is reached by identity.`,
            {
              fix: 'Remove it:',
              command,
            },
          );
    },
  };
}

function placeCheck({ get, place, choice }: Context): Check {
  return {
    id: 'place',
    group: 'Settings',
    title: 'Settings that fit the place',
    run() {
      const [endpoint, header] = [get('IDENTITY_ENDPOINT'), get('IDENTITY_HEADER')];
      if (Boolean(endpoint) !== Boolean(header) && !place.azure) {
        return warning('IDENTITY_ENDPOINT and IDENTITY_HEADER are not both set, so they are not used.', {
          fix: 'Remove the one, unless this machine is to have a managed identity:',
          command: removeCommand(place, [endpoint ? 'IDENTITY_ENDPOINT' : 'IDENTITY_HEADER']),
        });
      }
      const selectors = ['CLIENT_ID', 'OBJECT_ID', 'RESOURCE_ID'].map((each) => `MANAGED_IDENTITY_${each}`);
      const given = selectors.filter((each) => get(each) !== undefined);
      if (choice.kind === 'developer' && given.length > 0) {
        return place.azure
          ? fault(`${given.join(', ')} is set, but the app has no managed identity.`, {
              fix: 'Give it the identity:',
              command: inTurn(
                `az functionapp identity assign --name ${place.app?.name} --resource-group ${place.app?.resourceGroup} --identities <resource id of the identity>`,
              ),
            })
          : warning(`${given.join(', ')} is the cloud’s: here it is not used, you are your own sign-in.`, {
              fix: 'Leave it, or remove it here:',
              command: removeCommand(place, given),
            });
      }
      const credentials = get('AZURE_TOKEN_CREDENTIALS');
      if (place.azure && credentials && /^dev$|Cli|PowerShell|VisualStudio/iu.test(credentials)) {
        return warning(
          `AZURE_TOKEN_CREDENTIALS=${credentials} is for developers’ machines; here it is not used.`,
          {
            fix: 'Remove it:',
            command: removeCommand(place, ['AZURE_TOKEN_CREDENTIALS']),
          },
        );
      }
      return ok(place.azure ? `In Azure (${place.app?.name}).` : 'On this machine.');
    },
  };
}

/** Which of the two sources of the blob trigger gets to hear of pictures, given where they are dropped. */
export function triggerCheck({ get, loaded, place }: Context): Check {
  return {
    id: 'trigger',
    group: 'Settings',
    title: 'How the app hears of pictures',
    run() {
      const { blobTriggerSource: source, eventDelivery, eventQueue } = loaded.registration;
      const account = get('ImageStorage__blobServiceUri') ?? '';
      const emulator = isEmulator(get('ImageStorage') ?? '') || /\/devstoreaccount1\/?$/u.test(account);
      if (eventDelivery === 'queue') {
        return emulator && !place.azure
          ? warning(
              `EVENT_DELIVERY=queue waits for events in the queue ${eventQueue}; the emulator sends none.`,
              {
                fix: 'Let the host look into the container:',
                command: inTurn(
                  removeCommand(place, ['EVENT_DELIVERY']),
                  setCommand(place, { BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan' }),
                ),
              },
            )
          : ok(`Events come by the queue ${eventQueue}.`);
      }
      if (source === 'EventGrid' && emulator) {
        return fault(
          'BLOB_TRIGGER_SOURCE is EventGrid, but the emulator sends no events: no picture is ever seen.',
          {
            fix: 'Let the host look into the container:',
            command: setCommand(place, { BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan' }),
          },
        );
      }
      if (source === 'LogsAndContainerScan' && !emulator) {
        const command = setCommand(place, { BLOB_TRIGGER_SOURCE: 'EventGrid' });
        return place.flex
          ? fault('BLOB_TRIGGER_SOURCE is LogsAndContainerScan, which Flex Consumption does not run.', {
              fix: 'Take Event Grid, and make its subscription:',
              command,
            })
          : warning(
              'BLOB_TRIGGER_SOURCE is LogsAndContainerScan: pictures are seen up to ten minutes late.',
              {
                fix: 'Take Event Grid:',
                command,
              },
            );
      }
      return ok(`${source}.`);
    },
  };
}
