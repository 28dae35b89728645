import { asKeylessError } from '../../../errors/errors.ts';
import { visionEndpoint } from '../../../settings/endpoint.ts';
import { describe, type Problem } from '../../../settings/problem.ts';
import type { ServiceModel } from '../../../settings/settings.ts';
import type { Iteration } from '../../training/answers.ts';
import { TRAINING_SETTING } from '../../training/endpoint.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { modelCommand } from '../modelFix.ts';
import { setCommand } from '../place.ts';

/** When the model was trained, and whether it can be taken along before Custom Vision ends. */
export function trainedCheck(context: Context, model: ServiceModel, training: string): Check {
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

function judgeIteration(iteration: Iteration, model: ServiceModel): Finding {
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

function notAmong(iterations: readonly Iteration[], context: Context, model: ServiceModel): Finding {
  const names = iterations.flatMap(({ publishName }) => publishName ?? []);
  return warning(
    `No iteration of the project is published as ${model.publishedName}; published are: ${names.join(', ') || 'none'}.`,
    { command: modelCommand(context, model, { publishedName: names[0] ?? '<published name>' }) },
  );
}

/** https://learn.microsoft.com/azure/ai-services/custom-vision-service/migration-options */
const END = Date.UTC(2028, 8, 25);
const DAY_MS = 86_400_000;

export const retirementCheck = (): Check => ({
  id: 'retirement',
  group: 'Remarks',
  title: 'The end of Custom Vision',
  run() {
    const days = Math.ceil((END - Date.now()) / DAY_MS);
    const fix = 'Exported compact models go on working:';
    const command = 'npm run keyless -- compare <model> <exported model folder> <picture>';
    if (days <= 0)
      return fault('Custom Vision ended on 25 September 2028; its calls fail.', { fix, command });
    return ok(`Custom Vision answers until 25 September 2028: ${days} days left to have another way.`, [
      `${fix} ${command}`,
    ]);
  },
});
