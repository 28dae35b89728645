import { type Check, called, type Finding } from './finding.ts';
import { partOf } from './part.ts';

const MAIN = 'infra/main.bicep';
const PARAMETERS = 'infra/main.parameters.json';
/** What azd, the script after deployment and the commands read. */
const OUTPUTS = [
  'AZURE_RESOURCE_GROUP',
  'AZURE_LOCATION',
  'AZURE_TENANT_ID',
  'SERVICE_API_NAME',
  'FUNCTION_APP_NAME',
  'FUNCTION_APP_HOST',
  'IMAGE_STORAGE_ACCOUNT_NAME',
  'IMAGE_BLOB_SERVICE_URI',
  'IMAGES_CONTAINER',
  'PREDICTIONS_CONTAINER',
  'DEAD_LETTER_CONTAINER',
  'SYSTEM_TOPIC_NAME',
  'EVENT_SUBSCRIPTION_NAME',
  'EVENT_DELIVERY',
  'EVENT_QUEUE',
  'VISION_PREDICTION_ENDPOINT',
];
/** Names that shells and container images set to something else. */
const TAKEN = ['MAIL', 'NODE_VERSION', 'NAME', 'HOST', 'HOSTNAME', 'USER', 'PORT', 'LANG'];

/** azd finds the group and the app by their tags, and what comes after finds its outputs. */
export const azd: Check = ({ scenarios }) =>
  scenarios.flatMap(({ parameters, resources, outputs }): Finding[] => {
    const group = resources.find(({ type }) => type === 'Microsoft.Resources/resourceGroups');
    const site = resources.find(({ type }) => type === 'Microsoft.Web/sites');
    if (!group || !site) return [];
    const missing = OUTPUTS.filter((name) => !outputs[name]).map((name) => `There is no output ${name}.`);
    const untagged = resources.filter((each) => 'tags' in each && !tag(each, 'azd-env-name'));
    const messages = [
      ...missing,
      ...untagged.map((each) => `${called(each)} has tags without azd-env-name.`),
      ...(tag(group, 'azd-env-name') === parameters.environmentName
        ? []
        : ['The group lacks the tag azd-env-name.']),
    ];
    const service =
      tag(site, 'azd-service-name') === 'api' ? [] : ['The app lacks the tag azd-service-name: api.'];
    return [
      ...messages.map((message) => ({ rule: 'azd', file: MAIN, message })),
      ...service.map((message) => ({ rule: 'azd', file: 'infra/app.bicep', message })),
    ];
  });

const tag = (resource: unknown, name: string): unknown =>
  (partOf(resource, 'tags') as Record<string, unknown> | undefined)?.[name];

/** Every parameter of main.bicep can be set by azd env set, and every entry is one. */
export const parameterFile: Check = ({ files }) => {
  const tell = (message: string): Finding => ({ rule: 'parameters', file: PARAMETERS, message });
  let entries: Record<string, { value: string }>;
  try {
    entries = JSON.parse(files.get(PARAMETERS) ?? '').parameters;
  } catch (error) {
    return [tell(`It is no JSON: ${(error as Error).message}`)];
  }
  const declared = [...(files.get(MAIN) ?? '').matchAll(/^param (\w+) /gmu)].map(([, name = '']) => name);
  const variables = Object.entries(entries).map(([name, { value }]) => ({
    name,
    variable: /^\$\{([A-Z][A-Z0-9_]*)\}$/u.exec(value)?.[1],
  }));
  const twice = variables.filter(
    ({ variable }, index) => variables.findIndex((each) => each.variable === variable) !== index,
  );
  return [
    ...declared.filter((name) => !(name in entries)).map((name) => tell(`It lacks ${name} of main.bicep.`)),
    ...Object.keys(entries)
      .filter((name) => !declared.includes(name))
      .map((name) => tell(`main.bicep has no parameter ${name}.`)),
    ...variables
      .filter(({ variable }) => !variable)
      .map(({ name }) => tell(`${name}: expected "\${VARIABLE}".`)),
    ...variables
      .filter(({ variable }) => variable && TAKEN.includes(variable))
      .map(({ name, variable }) =>
        tell(`${name}: ${variable} is set by shells and images; take another name.`),
      ),
    ...twice.map(({ name, variable }) => tell(`${name}: ${variable} is read twice.`)),
  ];
};
