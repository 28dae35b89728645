import type { KeylessError } from '../../../errors.ts';
import { serviceUrl } from '../../../settings/endpoint.ts';
import type { Model } from '../../../settings.ts';
import { suggestion } from '../../suggestion.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { type Iteration, iterationsOf } from '../iterations.ts';
import { modelCommand } from '../modelFix.ts';
import { removeCommand, setCommand } from '../place.ts';
import { refusalOf } from './access.ts';

const hostOf = ({ endpoint }: Model): string => new URL(endpoint).host;

/** Project, published name and task of one model, asked without a picture, and then one picture. */
export function modelChecks(context: Context, model: Model, paidCalls: boolean): Check[] {
  const training = context.get('VISION_TRAINING_ENDPOINT');
  return [
    publishedCheck(context, model, training),
    ...(training && !context.deployed ? [trainedCheck(context, model, training)] : []),
    ...(paidCalls ? [predictionCheck(context, model)] : []),
  ];
}

function publishedCheck(context: Context, model: Model, training: string | undefined): Check {
  return {
    id: `model:${model.name}`,
    group: 'Models',
    title: `${model.name} is published`,
    after: [`access:${hostOf(model)}`],
    async run(signal) {
      const refused = await refusalOf(context, model);
      if (!refused) return ok(`${model.task} with ${model.publishedName}, project ${model.projectId}.`);
      if (refused.code === 'RateLimited') return warning(refused.message, { fix: 'Run this again later.' });
      const iterations = training ? await publishedNames(context, model, training, signal) : [];
      return modelFault(context, model, refused, iterations);
    },
  };
}

/** For a better word on a wrong name; without the right to look, there is none. */
async function publishedNames(
  context: Context,
  model: Model,
  training: string,
  signal: AbortSignal,
): Promise<Iteration[]> {
  try {
    const { iterations } = await iterationsOf(context, training, model.projectId, signal);
    return iterations.filter(({ publishName }) => publishName);
  } catch {
    return []; // the check of the training account tells
  }
}

function modelFault(context: Context, model: Model, refused: KeylessError, published: Iteration[]): Finding {
  const { code, message, fix } = refused;
  switch (code) {
    case 'ModelNotPublished': {
      const names = published.map(({ publishName }) => publishName ?? '');
      const iteration = published.find(({ name }) => name === model.publishedName);
      const right = iteration?.publishName ?? (names.length === 1 ? names[0] : undefined);
      const known =
        names.length > 0
          ? `Published are: ${names.join(', ')}.${suggestion(model.publishedName, names)}`
          : 'It is in the portal below Performance, beside “Published as”; and it must be published to this very prediction resource.';
      return fault(message, {
        fix: `The published name is not the iteration’s own name. ${known}`,
        command: modelCommand(context, model, { publishedName: right ?? '<published name>' }),
      });
    }
    case 'ProjectNotFound':
      return fault(message, {
        fix: 'The project id is in the prediction URL (portal: Performance → Prediction URL); the project must belong to this account.',
        command: modelCommand(context, model, { projectId: '<project id>' }),
      });
    case 'TaskMismatch':
      return fault(message, {
        fix: 'The project is of the other kind:',
        command: modelCommand(context, model, { task: model.task === 'classify' ? 'detect' : 'classify' }),
      });
    default:
      return fault(message, { fix });
  }
}

function predictionCheck(context: Context, model: Model): Check {
  return {
    id: `prediction:${model.name}`,
    group: 'Models',
    title: `${model.name} scores a picture`,
    after: [`model:${model.name}`],
    limitMs: 20_000,
    async run() {
      const asked = await context.askSample(model);
      if (!asked.refused) {
        const { ms, best, iteration, tags } = asked;
        return ok(`It does, in ${ms} ms.`, [
          `iteration ${iteration}, ${tags} predictions${best ? `, the first ${best}` : ''}`,
        ]);
      }
      const { code, message, fix } = asked.refused;
      return code === 'RateLimited'
        ? warning(message, { fix: 'The account is busy; run this again later.' })
        : fault(message, { fix });
    },
  };
}

/** When the model was trained, and whether it can be taken along before Custom Vision ends. */
function trainedCheck(context: Context, model: Model, training: string): Check {
  return {
    id: `training:${model.name}`,
    group: 'Models',
    title: `${model.name} at the training account`,
    after: ['token'],
    async run(signal) {
      const problems: string[] = [];
      const url = serviceUrl('VISION_TRAINING_ENDPOINT', training, ({ expected }) => problems.push(expected));
      if (!url) {
        return fault(`VISION_TRAINING_ENDPOINT: expected ${problems.join(', ')}.`, {
          command: setCommand(context.place, {
            VISION_TRAINING_ENDPOINT: 'https://<training account>.cognitiveservices.azure.com',
          }),
        });
      }
      const { status, iterations } = await iterationsOf(context, url.origin, model.projectId, signal);
      if (status !== 200) return refusedTraining(context, url, status);
      const found = iterations.find(({ publishName }) => publishName === model.publishedName);
      if (!found) {
        const names = iterations.flatMap(({ publishName }) => publishName ?? []);
        return warning(
          `No iteration of the project is published as ${model.publishedName}; published are: ${names.join(', ') || 'none'}.`,
          { command: modelCommand(context, model, { publishedName: names[0] ?? '<published name>' }) },
        );
      }
      const trained = `Iteration ${found.name}, trained ${found.trainedAt ?? 'at an unknown time'}`;
      const details = found.originalPublishResourceId
        ? [`published to ${found.originalPublishResourceId}`]
        : [];
      if (found.exportable) {
        return ok(
          `${trained}; can be exported${found.exportableTo.length > 0 ? ` to ${found.exportableTo.join(', ')}` : ''}.`,
          details,
        );
      }
      return warning(
        `${trained}; its domain cannot be exported, so it ends with Custom Vision in September 2028.`,
        {
          details,
          fix: 'Train an iteration in a compact domain (portal: Settings → Domains → General (compact), then Train), and compare the two:',
          command: `npm run keyless -- compare ${model.name} <exported model folder> <picture>`,
        },
      );
    },
  };
}

function refusedTraining({ place }: Context, url: URL, status: number): Finding {
  if (status === 404) {
    return warning(`${url.host} answered 404: it does not have the project, or is no training account.`, {
      fix: 'Set the endpoint of the training account, or remove the setting; the app does not need it.',
      command: removeCommand(place, ['VISION_TRAINING_ENDPOINT']),
    });
  }
  return warning(`${url.host} answered ${status}: this identity may not read its projects.`, {
    fix: 'Only this check needs the right; to have it:',
    command: `az role assignment create --assignee-object-id <object id of the identity> --assignee-principal-type ServicePrincipal --role "Cognitive Services Custom Vision Reader" --scope $(az cognitiveservices account list --query "[?properties.endpoint=='${url.origin}/'].id" --output tsv)`,
  });
}
