import { readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import tls from 'node:tls';
import { createClosing } from '../../../local/closing.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import type { PredictionServer } from '../../../local/prediction/contract.ts';
import { startPredictionServer } from '../../../local/prediction/server.ts';
import type { Stack } from '../../../local/stack.ts';
import { watchfulPredictor } from '../../local/prediction/parts.ts';
import { startTestStack } from '../../support/journeys.ts';
import { type OddServer, startOddServer, startTrainingAccount } from './oddServers.ts';
import { openGate, type StorageGate } from './storageGate.ts';

export type Environment = Record<string, string>;

/** A set-up in which all is well, with what is needed to break it. */
export type World = {
  stack: Stack;
  /** The settings of the healthy set-up. */
  healthy: Environment;
  /** Before the services of the pictures, for role assignments. */
  gates: { blob: StorageGate; queue: StorageGate };
  /** A second prediction account, on which nobody has a role. */
  secondAccount: PredictionServer;
  /** Another one, in another tenant. */
  foreignAccount: PredictionServer;
  trainingAccount: OddServer;
  /** Answers as the prediction account, but by a clock that `minutesOff` says. */
  skewedAccount: OddServer & { minutesOff: number };
  close(): Promise<void>;
};

export const SECOND_ACCOUNT = 'second-account';

export async function startWorld(): Promise<World> {
  const closing = createClosing();
  try {
    const stack = closing.add(await startTestStack());
    stack.prediction.rate.unstored = Number.POSITIVE_INFINITY;
    const authorityPath = stack.commandEnvironment.NODE_EXTRA_CA_CERTS ?? '';
    const foreignIdentity = closing.add(
      await startIdentityEndpoint({ tenantId: '11111111-aaaa-4bbb-8ccc-222222222222' }),
    );
    const [blob, queue] = await Promise.all([
      openGate(stack.azurite.blobServiceUri, authorityPath).then(closing.add),
      openGate(stack.azurite.queueServiceUri, authorityPath).then(closing.add),
    ]);
    // as NODE_EXTRA_CA_CERTS does for a process of its own
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authorityPath, 'utf8')]);
    const models = { fruit: watchfulPredictor('classify') };
    const [secondAccount, foreignAccount] = await Promise.all([
      startPredictionServer({ models, identity: stack.identity, accountName: SECOND_ACCOUNT }),
      startPredictionServer({ models, identity: foreignIdentity }),
    ]);
    closing.add(secondAccount);
    closing.add(foreignAccount);
    const { KEYLESS_HOST_IDENTITY_HEADER: _, ...settings } = stack.settings;
    return {
      stack,
      healthy: {
        ...settings,
        ImageStorage__blobServiceUri: blob.url,
        ImageStorage__queueServiceUri: queue.url,
      },
      gates: { blob, queue },
      secondAccount,
      foreignAccount,
      trainingAccount: closing.add(await startTrainingAccount()),
      skewedAccount: closing.add(await startSkewedAccount(stack.prediction.url)),
      close: closing.close,
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** Hands everything on to the prediction account, and puts its own time on the answers. */
async function startSkewedAccount(url: string): Promise<OddServer & { minutesOff: number }> {
  const server = await startOddServer((request, response) => {
    const { method, headers, url: path } = request;
    const onward = send(new URL(path ?? '/', url), { method, headers }, (answer) => {
      const date = new Date(Date.now() + account.minutesOff * 60_000).toUTCString();
      response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });
  const account = { ...server, minutesOff: 0 };
  return account;
}
