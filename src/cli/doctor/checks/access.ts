import type { ErrorCode, KeylessError } from '../../../errors/errors.ts';
import { isService, type ServiceModel } from '../../../settings/settings.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { type Context, INSIDE, principalType } from '../context.ts';
import { accountId, modelCommand } from '../modelFix.ts';
import { inTurn } from '../place.ts';

/** What only says that there was no picture: everything before the picture is right. */
const ONLY_THE_PICTURE: ReadonlySet<ErrorCode> = new Set([
  'ImageUndecodable',
  'ImageTooLarge',
  'ImageDimensionsUnsupported',
]);
const OF_THE_MODEL: ReadonlySet<ErrorCode> = new Set([
  'ModelNotPublished',
  'ProjectNotFound',
  'TaskMismatch',
]);

/** The refusal of the call without a picture, unless it is about the picture. */
export async function modelRefusal(
  { askEmpty }: Context,
  model: ServiceModel,
): Promise<KeylessError | undefined> {
  const { refused } = await askEmpty(model);
  return refused && ONLY_THE_PICTURE.has(refused.code) ? undefined : refused;
}

/** What the gateway in front of Custom Vision says to this identity: subdomain, token, role, network, quota. */
export function accessCheck(context: Context, endpoint: string, models: readonly ServiceModel[]): Check {
  const { host } = new URL(endpoint);
  return {
    id: `access:${host}`,
    group: 'Custom Vision account',
    title: `${host} lets this identity predict`,
    after: [`endpoint:${host}`, 'token'],
    async run() {
      if (context.deployed) return { status: 'could not check', finding: INSIDE, because: 'inside' };
      const refusals = await Promise.all(models.map((model) => modelRefusal(context, model)));
      const index = refusals.findIndex((each) => each && !belongsToModel(each));
      const [refused, model] = [refusals[index], models[index]];
      if (refused && model) return accessFault(context, model, refused);
      return ok('It does: the token is taken, the role is there.');
    },
  };
}

const NO_SUCH_API = /answered 404 .*resource not found/isu;
const belongsToModel = ({ code, message }: KeylessError): boolean =>
  OF_THE_MODEL.has(code) || (code === 'VisionConfigurationRefused' && !NO_SUCH_API.test(message));

async function accessFault(context: Context, model: ServiceModel, refused: KeylessError): Promise<Finding> {
  const { code, message, fix } = refused;
  const { endpoint } = model;
  const account = `--name ${accountName(endpoint)} --resource-group <group>`;
  const update = `az cognitiveservices account update ${account}`;
  switch (code) {
    case 'PermissionDenied':
      return noRole(context, model, message);
    case 'CustomSubdomainRequired':
      return fault(message, {
        fix: 'The account has no custom subdomain; tokens are taken nowhere else. Give it one, and use its address:',
        command: inTurn(
          `${update} --custom-domain <name>`,
          modelCommand(context, model, { endpoint: 'https://<name>.cognitiveservices.azure.com' }),
        ),
      });
    case 'TokenRefused': {
      const { tenantId } = await context.visionToken();
      return fault(message, {
        fix: `The audience is right and the clock was compared, so the account is likely of another tenant than ${tenantId ?? 'the identity’s'}. Find the account in that tenant, and use its endpoint:`,
        command: inTurn(
          `az login --tenant ${tenantId ?? '<tenant id>'}`,
          modelCommand(context, model, { endpoint: '<endpoint>' }),
        ),
      });
    }
    case 'NetworkBlocked':
      return fault(message, {
        fix: 'Let this network in (an app in a virtual network by --subnet, another machine by its public address):',
        command: `az cognitiveservices account network-rule add ${account} ${context.place.azure ? '--subnet <subnet id of the app>' : '--ip-address <address>'}`,
      });
    case 'QuotaExceeded':
      return fault(message, { fix: 'Wait for the next month, or:', command: `${update} --sku S0` });
    case 'RateLimited':
      return warning(message, {
        fix: 'The account is busy now; what it lets through is unknown. Again later:',
      });
    case 'VisionConfigurationRefused':
      return fault(`${message} There is no prediction at this address; it may be the training account’s.`, {
        fix: 'Use the endpoint of the account of kind CustomVision.Prediction:',
        command: inTurn(
          `az cognitiveservices account list --query "[?kind=='CustomVision.Prediction'].properties.endpoint" --output tsv`,
          modelCommand(context, model, { endpoint: '<endpoint>' }),
        ),
      });
    default:
      return fault(message, { fix });
  }
}

/** Without a right to look at role assignments three causes look the same; the second command tells them apart. */
async function noRole(context: Context, model: ServiceModel, message: string): Promise<Finding> {
  const { objectId = '<object id of the identity>' } = await context.visionToken();
  const others = (context.loaded.settings?.models ?? [])
    .filter(isService)
    .filter(({ endpoint }) => endpoint !== model.endpoint);
  const open = await Promise.all(
    others.map(async (other) => ((await modelRefusal(context, other)) ? [] : [new URL(other.endpoint).host])),
  );
  const [elsewhere] = open.flat();
  return fault(message, {
    details: [
      'No role: Owner, Contributor, Reader and Custom Vision Reader hold no right to predict.',
      'Wrong account: the role must be at the prediction account or above it, not at the training account.',
      'Still spreading: a new role is seen after some minutes, up to ten; the token need not be new for it.',
      `Which of them: az role assignment list --assignee ${objectId} --all --output table`,
    ],
    fix: elsewhere
      ? `The identity may predict at ${elsewhere}, so its role is on that account, not on this one. Grant it here too:`
      : 'If the role was granted within the last ten minutes, wait and run this again. Else:',
    command: `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${principalType(context)} --role "Cognitive Services User" --scope ${accountId(model.endpoint)}`,
  });
}

/** By custom the subdomain is called like the account; elsewhere there is no telling. */
function accountName(endpoint: string): string {
  const { hostname } = new URL(endpoint);
  return hostname.includes('.cognitiveservices.') ? (hostname.split('.')[0] ?? '') : '<account>';
}
