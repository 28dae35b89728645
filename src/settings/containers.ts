import { type Problems, shown } from './problem.ts';

export type ContainerNames = {
  imagesContainer: string;
  predictionsContainer: string;
  /** Exports that run in the app. */
  modelsContainer: string;
  /** Who works on which picture; derived, not set. */
  claimsContainer: string;
  /** What of telling others does not stand with a document, and the queue of that name; derived, not set. */
  notifyName: string;
};

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const CONTAINER = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/u;
/** The Functions host keeps its keys, locks and receipts there: azure-webjobs-hosts, azure-webjobs-secrets. */
const OF_THE_HOST = /^azure-webjobs-/u;
/** In infra: of it, each event that could not be delivered would be told as a new picture. */
const DEAD_LETTERS = 'dead-letters';

/** Beside the documents, under their container’s name, which may have 63 characters at most. */
export const claimsContainerOf = (predictionsContainer: string): string =>
  `${predictionsContainer.slice(0, 56).replace(/-$/u, '')}-claims`;

/** Of a container and of a queue, whose poison queue has 7 characters more; names have 63 at most. */
export const notifyNameOf = (predictionsContainer: string): string =>
  `${predictionsContainer.slice(0, 49).replace(/-$/u, '')}-notify`;

/** The containers of the picture account: each for one thing alone. */
export function readContainers(get: (name: string) => string | undefined, problem: Problems): ContainerNames {
  const imagesContainer = readContainer('IMAGES_CONTAINER', 'images', get, problem);
  const predictionsContainer = readContainer('PREDICTIONS_CONTAINER', 'predictions', get, problem);
  const modelsContainer = readContainer('MODELS_CONTAINER', 'models', get, problem);
  const claimsContainer = claimsContainerOf(predictionsContainer);
  const notifyName = notifyNameOf(predictionsContainer);
  if (imagesContainer === predictionsContainer) {
    problem({
      setting: 'PREDICTIONS_CONTAINER',
      expected:
        'another container than IMAGES_CONTAINER: each document written there would trigger the function again',
      got: shown(predictionsContainer),
    });
  }
  if (modelsContainer === imagesContainer || modelsContainer === predictionsContainer) {
    problem({
      setting: 'MODELS_CONTAINER',
      expected: 'another container than those of the pictures and of the documents',
      got: shown(modelsContainer),
    });
  }
  const given = {
    IMAGES_CONTAINER: imagesContainer,
    PREDICTIONS_CONTAINER: predictionsContainer,
    MODELS_CONTAINER: modelsContainer,
  };
  for (const [setting, name] of Object.entries(given)) {
    const own = { [claimsContainer]: 'who works on which picture', [notifyName]: 'what it tells others' }[
      name
    ];
    if (!own) continue;
    problem({
      setting,
      expected: `another container than ${name}, where this app notes ${own}; its name comes from PREDICTIONS_CONTAINER`,
      got: shown(name),
    });
  }
  return { imagesContainer, predictionsContainer, modelsContainer, claimsContainer, notifyName };
}

/** Falls back to the usual name after a problem, so that a misconfigured app still registers its functions. */
function readContainer(
  setting: string,
  fallback: string,
  get: (name: string) => string | undefined,
  problem: Problems,
): string {
  const name = get(setting) ?? fallback;
  const expected = !CONTAINER.test(name)
    ? 'a container name: 3 to 63 lower-case letters, digits and single hyphens'
    : OF_THE_HOST.test(name)
      ? 'a container of your own: those that begin with azure-webjobs- are the Functions host’s'
      : name === DEAD_LETTERS
        ? `a container of your own: ${DEAD_LETTERS} is where Event Grid leaves events that it could not deliver`
        : undefined;
  if (!expected) return name;
  problem({ setting, expected, got: shown(name) });
  return fallback;
}
