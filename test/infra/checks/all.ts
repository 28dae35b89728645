import type { Files } from '../bicep/deployment.ts';
import { azd, parameterFile } from './azd.ts';
import { declared, described, modules, ordered, readable, used } from './declarations.ts';
import { appRoles } from './entra.ts';
import { builtFilters, delivery, subscriptions } from './events.ts';
import { type Check, distinct, type Finding, templatesOf } from './finding.ts';
import { complete, hardened } from './hardening.ts';
import { keyFunctions, secretOutputs } from './keys.ts';
import { names } from './names.ts';
import { queries } from './queries.ts';
import { assignments, customRole, documentedRoles, givenRoles } from './roles.ts';
import { deployAll } from './scenarios.ts';
import { settings } from './settings.ts';
import { apiVersions } from './types.ts';

const CHECKS: Check[] = [
  readable,
  described,
  used,
  declared,
  ordered,
  modules,
  apiVersions,
  assignments,
  givenRoles,
  customRole,
  documentedRoles,
  keyFunctions,
  secretOutputs,
  hardened,
  complete,
  subscriptions,
  builtFilters,
  delivery,
  settings,
  appRoles,
  names,
  azd,
  parameterFile,
  queries,
];

/** Everything wrong with the infrastructure of these files (path → text; infra/… and docs/infrastructure.md). */
export function check(files: Files): Finding[] {
  const templates = templatesOf(files);
  const deployments = deployAll(files);
  return distinct(CHECKS.flatMap((each) => each({ files, templates, deployments })));
}
