import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IdentityEndpoint } from '../identity/contract.ts';
import { answerJson, listenOnLoopback } from '../loopback.ts';

/** The Azure CLI's own application in every tenant. */
const AZURE_CLI_APP_ID = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const ONE_HOUR_SECONDS = 3600;

export type AzCommand = {
  /** The folder that holds the executable `az`. */
  folder: string;
  close(): Promise<void>;
};

export type AzCommandOptions = {
  identity: IdentityEndpoint;
  operator: { objectId: string; name: string };
  subscriptionId: string;
  /** False: the command says what the Azure CLI says to whom has not signed in. */
  signedIn(): boolean;
};

/** An `az` that knows `account get-access-token` alone, for AzureCliCredential of @azure/identity to run. */
export async function createAzCommand(options: AzCommandOptions): Promise<AzCommand> {
  const { identity, operator, subscriptionId } = options;
  const path = `/${randomUUID()}`;
  const server = await listenOnLoopback({
    async handle(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '/', server.origin);
      request.resume();
      if (pathname !== path) return answerJson(response, 404, { message: 'There is nothing here.' });
      if (!options.signedIn()) {
        return answerJson(response, 401, { message: "Please run 'az login' to setup account." });
      }
      const expiresOn = Math.floor(Date.now() / 1000) + ONE_HOUR_SECONDS;
      const accessToken = await identity.issue(operatorClaims(operator, expiresOn), {
        resource: searchParams.get('resource') ?? '',
      });
      answerJson(response, 200, {
        accessToken,
        expiresOn: new Date(expiresOn * 1000).toISOString().replace('T', ' ').replace('Z', '000'),
        expires_on: expiresOn,
        subscription: subscriptionId,
        tenant: identity.tenantId,
        tokenType: 'Bearer',
      });
    },
    fail: (error, response) => answerJson(response, 500, { message: String(error) }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'keyless-az-'));
  const removeOnExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeOnExit);
  await writeFile(join(folder, 'az'), script(server.origin + path), { mode: 0o755 });
  return {
    folder,
    async close() {
      process.off('exit', removeOnExit);
      await rm(folder, { recursive: true, force: true });
      await server.close();
    },
  };
}

/** A user's v1 token for the Azure CLI: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const operatorClaims = ({ objectId, name }: { objectId: string; name: string }, exp: number) => ({
  appid: AZURE_CLI_APP_ID,
  appidacr: '0',
  exp,
  idtyp: 'user',
  name: 'Operator',
  oid: objectId,
  roles: undefined,
  scp: 'user_impersonation',
  sub: objectId,
  unique_name: name,
  upn: name,
  xms_mirid: undefined,
});

const script = (url: string) => `#!${process.execPath}
const words = process.argv.slice(2);
const option = (name) => words[words.indexOf(name) + 1];
const fail = (message) => {
  process.stderr.write('ERROR: ' + message + '\\n');
  process.exitCode = 1;
};
if (words[0] !== 'account' || words[1] !== 'get-access-token') {
  fail("'" + words.join(' ') + "' is not known here: this az knows account get-access-token alone.");
} else {
  const resource = words.includes('--scope')
    ? option('--scope').replace(/\\/\\.default$/, '')
    : words.includes('--resource') ? option('--resource') : 'https://management.core.windows.net/';
  fetch('${url}?resource=' + encodeURIComponent(resource))
    .then(async (answer) => {
      const body = await answer.json();
      if (answer.ok) process.stdout.write(JSON.stringify(body, undefined, 2) + '\\n');
      else fail(body.message);
    })
    .catch((error) => fail(String(error.cause ?? error)));
}
`;
