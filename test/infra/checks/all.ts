import { azd, parameterFile } from './azd.ts';
import { appRoles } from './entra.ts';
import { delivery, subscriptions } from './events.ts';
import { type Check, distinct, type Finding, type Subject } from './finding.ts';
import { complete, hardened } from './hardening.ts';
import { keyFunctions, secretOutputs } from './keys.ts';
import { names } from './names.ts';
import { queries } from './queries.ts';
import { retention } from './retention.ts';
import { assignments, customRole } from './roles.ts';
import { documentedRoles } from './roleTable.ts';
import { settings } from './settings.ts';

const CHECKS: Check[] = [
  assignments,
  customRole,
  documentedRoles,
  keyFunctions,
  secretOutputs,
  hardened,
  complete,
  subscriptions,
  delivery,
  retention,
  settings,
  appRoles,
  names,
  azd,
  parameterFile,
  queries,
];

/** Everything wrong with the infrastructure that no compiler knows of. */
export const check = (subject: Subject): Finding[] => distinct(CHECKS.flatMap((each) => each(subject)));
