import { bicepFiles, type Check, type Finding } from './finding.ts';

/** The one place where a key may be read, and the one key: the webhook’s own. */
const PLACE = 'infra/events-subscription.bicep';
const WEBHOOK_KEY = /listKeys\('\$\{site\.id\}\/host\/default', '[\d-]+'\)\.systemKeys\.blobs_extension\b/u;
const KEY_FUNCTION = /\b(?:list[A-Z]\w*|getSecret|getKeyVault\w*)(?=\()/gu;
const CONNECTION_STRING = /AccountKey=|SharedAccessKey|SharedAccessSignature|DefaultEndpointsProtocol=/iu;
const SECRET = /(?:key|secret|password|connectionstring|sas|token)$/iu;

/** No key is read but the webhook’s, and no connection string is put together. */
export const keyFunctions: Check = ({ files }) =>
  bicepFiles(files).flatMap(([file, source]) => {
    const checked = file === PLACE ? source.replace(WEBHOOK_KEY, '') : source;
    return checked.split('\n').flatMap((text, index): Finding[] => {
      const at = { rule: 'keys', file, line: index + 1 };
      const read = [...text.matchAll(KEY_FUNCTION)].map(
        ([name]) => `${name}() reads a key: only ${PLACE} may, and only systemKeys.blobs_extension.`,
      );
      const built = CONNECTION_STRING.test(text) ? ['A connection string with a key: use the identity.'] : [];
      return [...read, ...built].map((message) => ({ ...at, message }));
    });
  });

/** Outputs are kept in the history of deployments, for everybody who may read them. */
export const secretOutputs: Check = ({ files }) =>
  bicepFiles(files).flatMap(([file, source]) =>
    [...source.matchAll(/^output (\w+) \w+ = (.+)$/gmu)].flatMap(([, name = '', value = '']) => {
      const members = [...value.matchAll(/\.(\w+)/gu)].map(([, member = '']) => member);
      const secret = [name, ...members].find((each) => SECRET.test(each));
      if (!secret) return [];
      const message = `The output ${name} looks like a secret (${secret}): read it where it is needed.`;
      return [{ rule: 'secretOutputs', file, message }];
    }),
  );
