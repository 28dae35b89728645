import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { type Command, keyless } from '../support/command.ts';
import { keylessHere } from '../support/inProcess.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';

export type Account = Scoring & {
  environment: Record<string, string>;
  /** In this process, which is quicker. */
  run(args: readonly string[], own?: Record<string, string>): Command['finished'];
  /** As a process of its own, for what a process does. */
  start(args: readonly string[], own?: Record<string, string>): Command;
  drop(...names: string[]): Promise<void>;
};

/** Storage, identity and prediction for the commands. */
export async function startAccount(): Promise<Account> {
  const scoring = await startScoring();
  const at = (task: string, publishedName: string, paths: string[]) => ({
    endpoint: scoring.vision.server.url,
    projectId: DEFAULT_PROJECT_ID,
    publishedName,
    task,
    paths,
    rate: 1_000,
  });
  const environment = {
    ...scoring.vision.identity.environment,
    ImageStorage: scoring.storage.connectionString,
    VISION_MODELS: JSON.stringify({
      fruit: at('classify', 'fruit', ['**/*.jpg']),
      boxes: at('detect', 'fruit boxes', ['both/**']),
    }),
  };
  const start: Account['start'] = (args, own) => keyless({ commandEnvironment: environment }, args, own);
  return {
    ...scoring,
    environment,
    start,
    run: (args, own) => keylessHere(args, { ...environment, ...own }),
    drop: async (...names) => {
      await Promise.all(names.map((name) => scoring.dropFresh(name)));
    },
  };
}

/** The lines of --json. */
export const jsonLines = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
