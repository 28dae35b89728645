import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyFault, tunnelRefused } from './proxyFault.ts';

type Agent = HttpAgent | HttpsAgent | HttpsProxyAgent<string>;
type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** For services over TLS. Tells what a proxy answers, which the library hands on as if the service had said it. */
class TunnelAgent extends HttpsProxyAgent<string> {
  /** The library asks the call stack, and finds no tunnel again that it has kept open. */
  override isSecureEndpoint(): boolean {
    return true;
  }

  override async connect(request: ClientRequest, options: ConnectOptions) {
    const host = `${options.host}:${options.port}`;
    let status = 200;
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      status = statusCode;
    });
    try {
      const socket = await super.connect(request, options);
      if (status === 200) return socket;
      socket.destroy();
    } catch (error) {
      throw proxyFault(error, this.proxy, host) ?? error;
    }
    throw tunnelRefused(status, this.proxy, host);
  }
}

const agents = new Map<string, Agent>();

/**
 * What the Azure libraries make their sockets with, on the way to an address through that proxy or none; one of each for the
 * whole process, so that sockets stay open. Given one, they look at no variable themselves.
 */
export function agentThrough(proxy: URL | undefined, { protocol }: URL): Agent {
  const key = `${protocol} ${proxy?.href}`;
  const agent = agents.get(key) ?? createAgent(proxy, protocol);
  agents.set(key, agent);
  return agent;
}

function createAgent(proxy: URL | undefined, protocol: string): Agent {
  const options = { keepAlive: true };
  if (!proxy) return protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  return protocol === 'https:'
    ? new TunnelAgent(proxy.href, options)
    : new HttpsProxyAgent(proxy.href, options);
}
