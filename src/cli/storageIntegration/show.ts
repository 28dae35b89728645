import { withoutSecrets } from '../../errors/secrets.ts';
import { plain } from '../table.ts';
import { identityCredential } from '../token/source.ts';
import { TRAINING_SETTING, trainingEndpoint } from '../training/endpoint.ts';
import { ARRIVES_AS, integrate, integrationOf, linesOf, openProject } from './integration.ts';

const open = (named: string, typed: string | undefined) =>
  openProject(trainingEndpoint(typed, process.env[TRAINING_SETTING]), identityCredential().credential, named);

/** Prints where a project’s exports and notices go. Resolves with the exit code. */
export async function showIntegration(
  named: string,
  { endpoint, json }: { endpoint?: string; json?: boolean },
): Promise<number> {
  const { project } = await open(named, endpoint);
  const integration = integrationOf(project);
  const { container, queue } = integration;
  if (json) {
    const safe = (address: string | undefined) => (address ? withoutSecrets(address) : null);
    console.log(
      JSON.stringify({ id: project.id, name: project.name, container: safe(container), queue: safe(queue) }),
    );
    return 0;
  }
  console.log([`${plain(project.name)}  ${project.id}`, ...linesOf(integration).map(plain)].join('\n'));
  if (container)
    console.error(
      `An export arrives as '${ARRIVES_AS(project.id)}'; where MODELS_CONTAINER is that container, VISION_MODELS takes that name as export.`,
    );
  return 0;
}

/** Has exports and notices go nowhere again. Resolves with the exit code. */
export async function clearIntegration(named: string, { endpoint }: { endpoint?: string }): Promise<number> {
  const opened = await open(named, endpoint);
  const { container, queue } = integrationOf(opened.project);
  if (!container && !queue) {
    console.log('Nothing had to change.');
    return 0;
  }
  await integrate(opened, { container: undefined, queue: undefined });
  console.log('Cleared. What has arrived stays where it is.');
  console.error(
    'The training account’s identity keeps its roles: keyless revoke storage --scope <container id> --role "Storage Blob Data Contributor" --app <training account id>, and revoke queue.',
  );
  return 0;
}
