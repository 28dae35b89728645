import type { Model } from '../../settings/settings.ts';
import { UsageError } from '../faults.ts';
import { suggestion } from '../suggestion.ts';

/** The model of that name; without a name the only one, or the one called `default`. Throws a UsageError. */
export function chosenModel(models: readonly Model[], name: string | undefined): Model {
  const names = models.map((each) => each.name);
  if (name === undefined) {
    const found =
      models.find((each) => each.name === 'default') ?? (models.length === 1 ? models[0] : undefined);
    if (found) return found;
    throw new UsageError(
      `There are several models: ${names.join(', ')}.`,
      `Name one of them: --model ${names[0]}`,
    );
  }
  const found = models.find((each) => each.name === name);
  if (found) return found;
  throw new UsageError(
    `There is no model ${JSON.stringify(name)}; there are: ${names.join(', ')}.${suggestion(name, names)}`,
    'Name one of them with --model.',
  );
}
