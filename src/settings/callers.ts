import { serviceUrl } from './endpoint.ts';
import { isUuid } from './predictionUrl.ts';
import { type Problems, shown } from './problem.ts';

/** Who may call over HTTP: whoever has a function key, or a managed identity whose token carries an app role. */
export type CallerAuth = { kind: 'key' } | EntraCallers;

export type EntraCallers = {
  kind: 'entra';
  /** The one tenant whose tokens count; lower case. */
  tenantId: string;
  /** What a token may be for: client ids (lower case) and App ID URIs; one at least. */
  audiences: readonly string[];
  /** The origin of the sign-in service, such as https://login.microsoftonline.com. */
  authority: string;
  /** The app roles that predicting and reading documents ask for. */
  roles: { predict: string; read: string };
};

const PUBLIC_CLOUD = 'https://login.microsoftonline.com';
/** https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions; older apps have http:// and urn: */
const APP_ID_URI = /^(?:(?:api|https?):\/\/|urn:)[^\s/?#*][^\s?#*]*$/iu;
/** https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation */
const LONGEST_URI = 255;
/** https://learn.microsoft.com/graph/api/resources/approle, property value */
const ROLE = /^(?!\.)[!-~]{1,120}$/u;

type Get = (name: string) => string | undefined;

/** After a problem the answer is `key`: nothing that registers functions then takes them for open to all. */
export function readCallers(get: Get, problem: Problems): CallerAuth {
  const kind = get('CALLER_AUTH') ?? 'key';
  if (kind === 'key') return { kind };
  if (kind !== 'entra') {
    problem({
      setting: 'CALLER_AUTH',
      expected: 'key (a function key) or entra (tokens of managed identities with an app role)',
      got: shown(kind),
    });
    return { kind: 'key' };
  }
  const tenantId = readTenant(get('ENTRA_TENANT_ID'), problem);
  const audiences = readAudiences(get('ENTRA_AUDIENCE'), problem);
  const authority = readAuthority(get('ENTRA_AUTHORITY') ?? PUBLIC_CLOUD, problem);
  const predict = readRole('ENTRA_ROLE', get('ENTRA_ROLE') ?? 'Images.Predict', problem);
  const read = readRole('ENTRA_READ_ROLE', get('ENTRA_READ_ROLE') ?? 'Predictions.Read', problem);
  if (!tenantId || !audiences || !authority || !predict || !read) return { kind: 'key' };
  return { kind: 'entra', tenantId, audiences, authority, roles: { predict, read } };
}

function readTenant(text: string | undefined, problem: Problems): string | undefined {
  if (text !== undefined && isUuid(text)) return text.toLowerCase();
  problem({
    setting: 'ENTRA_TENANT_ID',
    expected: 'the id (a UUID) of the one tenant whose identities may call: az account show --query tenantId',
    got: text === undefined ? 'nothing' : shown(text),
  });
  return undefined;
}

function readAudiences(text: string | undefined, problem: Problems): string[] | undefined {
  const given = text?.split(/[\s,;]+/u).filter(Boolean) ?? [];
  const wrong = given.filter((each) => !isAudience(each));
  for (const each of wrong) {
    problem({
      setting: 'ENTRA_AUDIENCE',
      expected: each.endsWith(DEFAULT_SCOPE)
        ? 'the App ID URI alone: /.default belongs to the scope a caller asks for, not to the audience'
        : 'client ids (UUIDs) and App ID URIs (api://… or https://…) of the app registration, with commas between them',
      got: shown(each),
    });
  }
  if (given.length === 0) {
    problem({
      setting: 'ENTRA_AUDIENCE',
      expected:
        'the client id (a UUID) or App ID URI (api://… or https://…) of the app registration of this API',
      got: 'nothing',
    });
  }
  if (wrong.length > 0 || given.length === 0) return undefined;
  return [...new Set(given.map((each) => (isUuid(each) ? each.toLowerCase() : each)))];
}

/** What stands behind the name of an API in the scope that a caller asks for. */
export const DEFAULT_SCOPE = '/.default';

/**
 * Whether an API can be called that: its client id or its App ID URI, `api://…`, `https://<verified domain>/…` or `urn:…`; a
 * slash at the end belongs to it.
 */
export const isAudience = (text: string): boolean =>
  isUuid(text) || (text.length <= LONGEST_URI && APP_ID_URI.test(text) && !text.endsWith(DEFAULT_SCOPE));

/** https://learn.microsoft.com/entra/identity-platform/scopes-oidc#the-default-scope */
export const isScope = (text: string): boolean =>
  text.endsWith(DEFAULT_SCOPE) && isAudience(text.slice(0, -DEFAULT_SCOPE.length));

/** https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
function readAuthority(text: string, problem: Problems): string | undefined {
  const setting = 'ENTRA_AUTHORITY';
  const url = serviceUrl(setting, text, problem);
  if (!url) return undefined;
  if (url.pathname === '/' && !url.search && !url.hash) return url.origin;
  problem({
    setting,
    expected: `the address alone, such as ${PUBLIC_CLOUD}; the tenant belongs into ENTRA_TENANT_ID`,
    got: shown(text),
  });
  return undefined;
}

function readRole(setting: string, text: string, problem: Problems): string | undefined {
  if (ROLE.test(text)) return text;
  problem({
    setting,
    expected: 'the value of one app role: at most 120 characters, no blanks, no dot in front',
    got: shown(text),
  });
  return undefined;
}
