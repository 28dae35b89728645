import picomatch from 'picomatch';
import { asKeylessError, KeylessError } from '../errors/errors.ts';
import type { Model } from '../settings/settings.ts';

type Matcher = (name: string) => boolean;
const matchers = new WeakMap<Model, Matcher>();

/** The models whose `paths` match a picture’s name, in the order of the settings; one at least, or ModelUnknown. */
export function modelsForPicture(models: readonly Model[], pictureName: string): Model[] {
  const found = models.filter((model) => matcherOf(model)(pictureName));
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

function matcherOf(model: Model): Matcher {
  const matcher = matchers.get(model) ?? createMatcher(model.paths);
  matchers.set(model, matcher);
  return matcher;
}

function createMatcher(paths: readonly string[]): Matcher {
  // The library’s ** leaves out names with a line break or a leading ./, which a blob may well have.
  return paths.includes('**') ? () => true : picomatch([...paths], { dot: true, flags: 's' });
}
