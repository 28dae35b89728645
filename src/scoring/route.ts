import { asKeylessError, KeylessError } from '../errors/errors.ts';
import { type PathPattern, readPathPattern } from '../settings/pathPattern.ts';
import type { Model } from '../settings/settings.ts';

const patterns = new WeakMap<Model, readonly PathPattern[]>();

/** The models whose `paths` match a picture’s name, in the order of the settings; one at least, or ModelUnknown. */
export function modelsForPicture(models: readonly Model[], pictureName: string): Model[] {
  const found = models.filter((model) => patternsOf(model).some((matches) => matches(pictureName)));
  if (found.length > 0) return found;
  throw new KeylessError('ModelUnknown', `No model has paths that match ${JSON.stringify(pictureName)}.`, {
    fix: 'Give one model of VISION_MODELS the paths ["**"], or move the picture.',
  });
}

/** The models a picture goes to; where there are none, why. */
export function wantedModels(
  models: readonly Model[],
  name: string,
): { models: Model[]; unknown?: KeylessError } {
  try {
    return { models: modelsForPicture(models, name) };
  } catch (thrown) {
    return { models: [], unknown: asKeylessError(thrown) };
  }
}

/** The model a caller names; without a name the only one, or the one called `default`. */
export function modelForCaller(models: readonly Model[], name: string | undefined): Model {
  const model =
    name === undefined
      ? (models.find((each) => each.name === 'default') ?? (models.length === 1 ? models[0] : undefined))
      : models.find((each) => each.name === name);
  if (model) return model;
  const names = models.map((each) => each.name).join(', ');
  throw new KeylessError(
    'ModelUnknown',
    name === undefined
      ? `Name one of the models: ${names}.`
      : `There is no model ${JSON.stringify(name)}; there are: ${names}.`,
  );
}

function patternsOf(model: Model): readonly PathPattern[] {
  const known = patterns.get(model) ?? model.paths.map(readPathPattern);
  patterns.set(model, known);
  return known;
}
