import type { KeylessError } from '../../../errors/errors.ts';
import type { ServiceModel } from '../../../settings/settings.ts';
import { suggestion } from '../../faults.ts';
import type { Iteration } from '../../training/answers.ts';
import { TRAINING_SETTING } from '../../training/endpoint.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { modelCommand } from '../modelFix.ts';
import { modelRefusal } from './access.ts';
import { trainedCheck } from './training.ts';

const hostOf = ({ endpoint }: ServiceModel): string => new URL(endpoint).host;

/** Project, published name and task of one model, asked without a picture, and then one picture. */
export function modelChecks(context: Context, model: ServiceModel, paidCalls: boolean): Check[] {
  const training = context.get(TRAINING_SETTING);
  return [
    publishedCheck(context, model, training !== undefined),
    ...(training && !context.deployed ? [trainedCheck(context, model, training)] : []),
    ...(paidCalls ? [predictionCheck(context, model)] : []),
  ];
}

function publishedCheck(context: Context, model: ServiceModel, training: boolean): Check {
  return {
    id: `model:${model.name}`,
    group: 'Models',
    title: `${model.name} is published`,
    after: [`access:${hostOf(model)}`],
    async run() {
      const refused = await modelRefusal(context, model);
      if (!refused) return ok(`${model.task} with ${model.publishedName}, project ${model.projectId}.`);
      if (refused.code === 'RateLimited') return warning(refused.message, { fix: 'Run this again later.' });
      const iterations = training ? await published(context, model) : [];
      return modelFault(context, model, refused, iterations);
    },
  };
}

/** For a better word on a wrong name; without the right to look, there is none. */
async function published({ iterations }: Context, { projectId }: ServiceModel): Promise<Iteration[]> {
  try {
    return (await iterations(projectId)).filter(({ publishName }) => publishName);
  } catch {
    return []; // the check of the training account tells
  }
}

function modelFault(
  context: Context,
  model: ServiceModel,
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

function predictionCheck(context: Context, model: ServiceModel): Check {
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
