import { styleText } from 'node:util';
import { VISION_SCOPE } from '../../vision/client.ts';
import { plain, table } from '../table.ts';
import { claimsOf } from './claims.ts';
import { describeToken, durationText, type TokenDescription } from './description.ts';
import { checkRole, type RoleCheck } from './roleCheck.ts';
import { readScope, scopeOfApi } from './scope.ts';
import { identityCredential, identityText, watchSource } from './source.ts';

export type TokenOptions = { scope?: string; audienceCheck?: string; role?: string; json?: boolean };

const DEFAULT_ROLE = 'Images.Predict';

/** Tells what a token of this identity says, never the token. Resolves with the exit code: 1 where the role is missing. */
export async function token(options: TokenOptions): Promise<number> {
  const api = options.audienceCheck;
  const scope = options.scope ? readScope(options.scope) : api ? scopeOfApi(api) : VISION_SCOPE;
  const { identity, credential } = identityCredential();
  const source = watchSource(identity, process.env);
  const given = await credential.getToken(scope);
  const described = describeToken(given ? claimsOf(given) : {}, {
    ...{ scope, identity: identityText(identity) },
    source: source.text(),
  });
  const role = options.role ?? (process.env.ENTRA_ROLE?.trim() || DEFAULT_ROLE);
  const check = api ? checkRole(described, api.replace(/\/\.default$/u, ''), role, Date.now()) : undefined;
  if (options.json) console.log(JSON.stringify({ ...described, ...(check && { check }) }, undefined, 2));
  else print(described, check);
  return check?.ok === false ? 1 : 0;
}

function print(described: TokenDescription, check: RoleCheck | undefined): void {
  console.log(table(rows(described, Date.now())));
  if (!check) return;
  const mark = styleText(check.ok ? 'green' : 'red', check.ok ? 'ok' : 'fault', { stream: process.stdout });
  console.log(`\n${mark}: ${plain(check.finding)}${check.fix ? `\nFix: ${plain(check.fix)}` : ''}`);
}

function rows(token: TokenDescription, now: number): string[][] {
  const at = (iso: string | undefined, words: (milliseconds: number) => string) =>
    iso && `${iso} (${words(Date.parse(iso) - now)})`;
  const all: [string, string | undefined][] = [
    ['scope', token.scope],
    ['given by', token.source],
    ['identity', token.identity],
    ['audience', token.audience],
    ['issuer', token.issuer],
    ['tenant', token.tenantId],
    ['object id', token.objectId],
    ['client id', token.clientId],
    ['type', token.type],
    ['user', token.user],
    ['resource', token.resourceId],
    ['version', token.version],
    ['app roles', token.roles.join(', ') || 'none'],
    ['issued', at(token.issuedAt, (left) => `${durationText(left)} ago`)],
    [
      'expires',
      at(token.expiresAt, (left) => (left > 0 ? `${durationText(left)} left` : `${durationText(left)} ago`)),
    ],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)]]));
}
