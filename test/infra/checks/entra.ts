import { readSettings } from '../../../src/settings/settings.ts';
import type { Check, Finding } from './finding.ts';
import { partOf } from './part.ts';
import { settingsOf } from './settings.ts';

type AppRole = { value: string; isEnabled: boolean; allowedMemberTypes: string[] };

/** The app registration offers, to applications, the roles that the app asks for, in tokens of version 2. */
export const appRoles: Check = ({ files, deployments }) => {
  const application = deployments
    .flatMap(({ deployment }) => deployment.resources)
    .find(({ type }) => type === 'Microsoft.Graph/applications');
  const asked = deployments.flatMap((scenario) => {
    const values = settingsOf(scenario)?.values;
    const callers = values && readSettings(values).registration.callers;
    return callers?.kind === 'entra' ? Object.values(callers.roles) : [];
  });
  if (!application) return [tell('infra/entra/main.bicep', 'There is no app registration.')];
  const offered = (partOf(application.body, 'appRoles') ?? []) as AppRole[];
  const fit = offered.filter(
    ({ isEnabled, allowedMemberTypes }) => isEnabled && String(allowedMemberTypes) === 'Application',
  );
  const { file } = application;
  const version = partOf(application.body, 'api.requestedAccessTokenVersion');
  const config = files.get('infra/entra/bicepconfig.json') ?? '';
  return [
    ...[...new Set(asked)]
      .filter((role) => !fit.some(({ value }) => value === role))
      .map((role) => tell(file, `The app asks for the role ${role}, which is not offered to applications.`)),
    ...(version === 2 ? [] : [tell(file, 'api.requestedAccessTokenVersion must be 2.')]),
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
