import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export type Certificate = {
  certificatePath: string;
  keyPath: string;
  /** For NODE_EXTRA_CA_CERTS of whoever is to trust the certificate. */
  authorityPath: string;
  authority: string;
  remove(): Promise<void>;
};

const ONE_DAY_MS = 24 * 60 * 60 * 1000;

/** Makes an authority and a server certificate for 127.0.0.1 and those names, both good for a day, in a temporary folder. */
export async function createCertificate(names: readonly string[] = []): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-certificate-'));
  const removeOnExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeOnExit);
  const notAfterDate = new Date(Date.now() + ONE_DAY_MS);
  // a name of its own: who trusts several looks for the right one by its name
  const name = `Keyless Vision local authority ${randomUUID()}`;
  const authority = await generate([{ name: 'commonName', value: name }], {
    notAfterDate,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    notAfterDate,
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7 as const, ip: '127.0.0.1' },
          ...names.map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  });
  const file = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    certificatePath: await file('server.pem', server.cert),
    keyPath: await file('server.key', server.private),
    authorityPath: await file('authority.pem', authority.cert),
    authority: authority.cert,
    async remove() {
      process.off('exit', removeOnExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
