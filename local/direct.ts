import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const HERE = /^https?:\/\/(?:127\.|localhost[:/]|\[::1\])/u;

/**
 * Options of a storage client that reach what is on this machine directly, whatever HTTPS_PROXY and its like say. The
 * pipeline below the clients takes `agent`; the clients’ own types do not mention it.
 */
export function directTo(address: string, ca?: string): { agent?: HttpAgent | HttpsAgent } {
  if (!HERE.test(address)) return {};
  const options = { keepAlive: true, ...(ca !== undefined && { ca }) };
  return { agent: address.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options) };
}
