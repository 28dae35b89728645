import { asKeylessError, type KeylessError } from '../../../errors/errors.ts';
import { visionEndpoint } from '../../../settings/endpoint.ts';
import { describe, type Problem } from '../../../settings/problem.ts';
import type { Model } from '../../../settings/settings.ts';
import type { Iteration } from '../../projects/answers.ts';
import { TRAINING_SETTING } from '../../projects/trainingEndpoint.ts';
import { suggestion } from '../../suggestion.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { modelCommand } from '../modelFix.ts';
import { setCommand } from '../place.ts';
import { refusalOf } from './access.ts';

const hostOf = ({ endpoint }: Model): string => new URL(endpoint).host;

/** Project, published name and task of one model, asked without a picture, and then one picture. */
export function modelChecks(context: Context, model: Model, paidCalls: boolean): Check[] {
  const training = context.get(TRAINING_SETTING);
  return [
    publishedCheck(context, model, training !== undefined),
    ...(training && !context.deployed ? [trainedCheck(context, model, training)] : []),
    ...(paidCalls ? [predictionCheck(context, model)] : []),
  ];
}

function publishedCheck(context: Context, model: Model, training: boolean): Check {
  return {
    id: `model:${model.name}`,
    group: 'Models',
    title: `${model.name} is published`,
    after: [`access:${hostOf(model)}`],
    async run() {
      const refused = await refusalOf(context, model);
      if (!refused) return ok(`${model.task} with ${model.publishedName}, project ${model.projectId}.`);
      if (refused.code === 'RateLimited') return warning(refused.message, { fix: 'Run this again later.' });
      const iterations = training ? await published(context, model) : [];
      return modelFault(context, model, refused, iterations);
    },
  };
}

/** For a better word on a wrong name; without the right to look, there is none. */
async function published({ iterations }: Context, { projectId }: Model): Promise<Iteration[]> {
  try {
    return (await iterations(projectId)).filter(({ publishName }) => publishName);
  } catch {
    return []; // the check of the training account tells
  }
}

function modelFault(
  context: Context,
  model: Model,
  refused: KeylessError,
  iterations: readonly Iteration[],
): Finding {
  const { code, message, fix } = refused;
  switch (code) {
    case 'ModelNotPublished': {
      const names = iterations.map(({ publishName }) => publishName ?? '');
      const iteration = iterations.find(({ name }) => name === model.publishedName);
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
    async run() {
      const problems: Problem[] = [];
      if (!visionEndpoint(TRAINING_SETTING, training, (problem) => problems.push(problem))) {
        return fault(`${problems.map(describe).join(' · ')}.`, { command: setTraining(context) });
      }
      let iterations: Iteration[];
      try {
        iterations = await context.iterations(model.projectId);
      } catch (error) {
        const { code, message, fix } = asKeylessError(error);
        const elsewhere = code === 'VisionConfigurationRefused' || code === 'ProjectNotFound';
        return warning(message, { fix, ...(elsewhere && { command: setTraining(context) }) });
      }
      const found = iterations.find(({ publishName }) => publishName === model.publishedName);
      return found ? judgeIteration(found, model) : notAmong(iterations, context, model);
    },
  };
}

const setTraining = ({ place }: Context): string =>
  setCommand(place, { [TRAINING_SETTING]: 'https://<training account>.cognitiveservices.azure.com' });

function judgeIteration(iteration: Iteration, model: Model): Finding {
  const { name, trainedAt, exportable, exportableTo, originalPublishResourceId } = iteration;
  const trained = `${name}, trained ${trainedAt ?? 'at an unknown time'}`;
  const details = originalPublishResourceId ? [`published to ${originalPublishResourceId}`] : [];
  if (exportable) {
    const kinds = exportableTo?.length ? ` as ${exportableTo.join(', ')}` : '';
    return ok(`${trained}; can be exported${kinds} before Custom Vision ends.`, details);
  }
  return warning(
    `${trained}; its domain cannot be exported, so it ends with Custom Vision in September 2028.`,
    {
      details,
      fix: 'Train an iteration in a compact domain (portal: Settings → Domains → General (compact), then Train), export it, and compare the two:',
      command: `npm run keyless -- compare ${model.name} <exported model folder> <picture>`,
    },
  );
}

function notAmong(iterations: readonly Iteration[], context: Context, model: Model): Finding {
  const names = iterations.flatMap(({ publishName }) => publishName ?? []);
  return warning(
    `No iteration of the project is published as ${model.publishedName}; published are: ${names.join(', ') || 'none'}.`,
    { command: modelCommand(context, model, { publishedName: names[0] ?? '<published name>' }) },
  );
}
