import { isService, type ServiceModel, SHORT_FORM } from '../../settings/settings.ts';
import type { Context } from './context.ts';
import { inTurn, removeCommand, setCommand } from './place.ts';

type Address = Pick<ServiceModel, 'endpoint' | 'projectId' | 'publishedName' | 'task'>;

/**
 * Sets part of a model’s address in whichever of the three ways the settings name it; an endpoint for all models that
 * share it.
 */
export function modelCommand(
  { get, loaded, place }: Context,
  model: ServiceModel,
  change: Partial<Address>,
): string {
  const json = get('VISION_MODELS');
  if (json) {
    const models = JSON.parse(json) as Record<string, Record<string, unknown>>;
    const changed = Object.entries(models).map(([name, entry]) => {
      const now = loaded.settings?.models.find((each) => each.name === name) ?? model;
      if (!isService(now)) return [name, entry];
      if (now.copies) return [name, { ...entry, url: urlsOf(entry, model) }];
      const { url: _, ...rest } = entry;
      const same = name === model.name || (change.endpoint && now.endpoint === model.endpoint);
      const address = { ...addressOf(now), ...(same && change) };
      return [name, { ...rest, ...address }];
    });
    return setCommand(place, { VISION_MODELS: JSON.stringify(Object.fromEntries(changed)) });
  }
  const short = Object.entries(change).map(([part, value]) => [SHORT_FORM[part as keyof Address], value]);
  if (!get('VISION_PREDICTION_URL')) return setCommand(place, Object.fromEntries(short));
  if (Object.values(change).some((value) => value?.startsWith('<'))) {
    return setCommand(place, { VISION_PREDICTION_URL: '<prediction URL>' });
  }
  const whole = { ...addressOf(model), ...change };
  const parts = Object.entries(whole).map(([part, value]) => [SHORT_FORM[part as keyof Address], value]);
  return inTurn(
    removeCommand(place, ['VISION_PREDICTION_URL']),
    setCommand(place, Object.fromEntries(parts)),
  );
}

/** Of a model with copies, the one that is wrong left open. */
const urlsOf = ({ url }: Record<string, unknown>, { endpoint }: ServiceModel): string[] =>
  [url].flat().map((each) => (new URL(String(each)).origin === endpoint ? '<prediction URL>' : String(each)));

const addressOf = ({ endpoint, projectId, publishedName, task }: ServiceModel): Address => ({
  endpoint,
  projectId,
  publishedName,
  task,
});

const endpointsEqual = (origin: string): string => `[?properties.endpoint=='${origin}/'].id`;

/** The resource id of a prediction account, as a shell’s subcommand. */
export const accountId = (endpoint: string): string =>
  `$(az cognitiveservices account list --query "${endpointsEqual(endpoint)}" --output tsv)`;
