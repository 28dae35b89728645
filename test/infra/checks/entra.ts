import { readSettings } from '../../../src/settings/settings.ts';
import type { Check, Finding } from './finding.ts';
import { partOf } from './part.ts';
import { settingsOf } from './settings.ts';

const FILE = 'infra/entra/main.bicep';
type AppRole = { value: string; isEnabled: boolean; allowedMemberTypes: string[] };

/** The app registration offers, to applications, the roles that the app asks for, in tokens of version 2. */
export const appRoles: Check = ({ files, scenarios }) => {
  const registration = scenarios.find(({ template }) => template === FILE);
  const application = registration?.resources.find(({ type }) =>
    type.startsWith('Microsoft.Graph/applications'),
  );
  const asked = scenarios.flatMap((scenario) => {
    const values = settingsOf(scenario);
    const callers = values && readSettings(values).registration.callers;
    return callers?.kind === 'entra' ? Object.values(callers.roles) : [];
  });
  if (!registration) return [];
  if (!application) return [tell(FILE, 'There is no app registration.')];
  const offered = (partOf(application, 'properties.appRoles') ?? []) as AppRole[];
  const fit = offered.filter(
    ({ isEnabled, allowedMemberTypes }) => isEnabled && String(allowedMemberTypes) === 'Application',
  );
  const version = partOf(application, 'properties.api.requestedAccessTokenVersion');
  const config = files.get('infra/entra/bicepconfig.json') ?? '';
  return [
    ...[...new Set(asked)]
      .filter((role) => !fit.some(({ value }) => value === role))
      .map((role) => tell(FILE, `The app asks for the role ${role}, which is not offered to applications.`)),
    ...(version === 2 ? [] : [tell(FILE, 'api.requestedAccessTokenVersion must be 2.')]),
    ...(config.includes('"microsoftGraphV1"')
      ? []
      : [tell('infra/entra/bicepconfig.json', 'The extension microsoftGraphV1 is not declared.')]),
    ...(files.get('infra/bicepconfig.json')?.includes('extensions')
      ? [
          tell(
            'infra/bicepconfig.json',
            'Extensions belong into infra/entra: the rest compiles without a network.',
          ),
        ]
      : []),
  ];
};

const tell = (file: string, message: string): Finding => ({ rule: 'entra', file, message });
