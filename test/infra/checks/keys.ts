import { type Expression, walk } from '../bicep/expression.ts';
import { expressionsOf } from './declarations.ts';
import type { Check, Finding } from './finding.ts';

/** The one place where a key may be read, and the one key: the webhook’s own. */
const ALLOWED = { file: 'infra/events-subscription.bicep', path: 'systemKeys.blobs_extension' };
const KEY_FUNCTION = /^(list[A-Z]\w*|getSecret|getKeyVault\w*)$/u;
const CONNECTION_STRING = /AccountKey=|SharedAccessKey|SharedAccessSignature|DefaultEndpointsProtocol=/iu;
const SECRET = /(?:key|secret|password|connectionstring|sas|token)$/iu;

/** No key is read but the webhook’s, and no connection string is put together. */
export const keyFunctions: Check = ({ templates }) =>
  templates.flatMap((template) => {
    const found: Finding[] = [];
    const at = (line: number) => ({ rule: 'keys', file: template.path, line });
    const webhook = new Set<Expression>();
    for (const expression of expressionsOf(template)) {
      for (const each of walk(expression)) {
        if (each.kind === 'member' && template.path === ALLOWED.file && isWebhookKey(each)) {
          if (each.of.kind === 'member' && webhook.size === 0) webhook.add(each.of.of);
        }
        if (each.kind === 'string' && CONNECTION_STRING.test(each.text)) {
          found.push({ ...at(each.line), message: 'A connection string with a key: use the identity.' });
        }
        if (each.kind !== 'call' || !KEY_FUNCTION.test(each.name)) continue;
        if (webhook.has(each)) continue;
        found.push({
          ...at(each.line),
          message: `${each.name}() reads a key: only ${ALLOWED.file} may, and only ${ALLOWED.path}.`,
        });
      }
    }
    return found;
  });

function isWebhookKey(expression: Extract<Expression, { kind: 'member' }>): boolean {
  const { property, of } = expression;
  return (
    property === 'blobs_extension' &&
    of.kind === 'member' &&
    of.property === 'systemKeys' &&
    of.of.kind === 'call' &&
    of.of.name === 'listKeys'
  );
}

/** Outputs are kept in the history of deployments, for everybody who may read them. */
export const secretOutputs: Check = ({ templates }) =>
  templates.flatMap(({ path: file, outputs }) =>
    outputs.flatMap(({ name, value, line }) => {
      const secret = [...walk(value)].find(
        (each) =>
          (each.kind === 'call' && KEY_FUNCTION.test(each.name)) ||
          (each.kind === 'member' && SECRET.test(each.property)),
      );
      if (!secret && !SECRET.test(name)) return [];
      const message = `The output ${name} looks like a secret (${secret?.text ?? name}): read it where it is needed.`;
      return [{ rule: 'secretOutputs', file, line, message }];
    }),
  );
