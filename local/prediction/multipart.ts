import { Busboy } from '@fastify/busboy';
import { messageOf } from '../thrown.ts';

/** The form cannot be read: broken off, without boundary, without end. */
export class MalformedForm extends Error {
  override name = 'MalformedForm';
}

/**
 * The bytes of a form's first part of that name, or undefined when there is none. The prediction SDK sends its picture
 * as a part without file name, which Response.formData() would hand over as text, damaged; here every part is bytes.
 * Rejects with MalformedForm.
 */
export async function readFormPart(
  contentType: string,
  body: Uint8Array,
  name: string,
): Promise<Uint8Array | undefined> {
  try {
    return await parse(contentType, body, name);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new MalformedForm(`The form cannot be read: ${reason}.`, { cause });
  }
}

function parse(contentType: string, body: Uint8Array, name: string): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    let found: Uint8Array[] | undefined;
    const parser = new Busboy({ headers: { 'content-type': contentType }, isPartAFile: () => true });
    parser.on('file', (field, part) => {
      const chunks: Uint8Array[] = [];
      if (field === name) found ??= chunks;
      part.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      part.on('error', reject);
    });
    parser.once('finish', () => resolve(found && Buffer.concat(found)));
    // More than one may come, and one without a listener would end the process.
    parser.on('error', reject);
    parser.end(body);
  });
}
