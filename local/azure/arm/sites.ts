import { randomBytes } from 'node:crypto';
import type { ApiAnswer, ApiRequest } from '../api.ts';
import { armError } from './armError.ts';
import { type ArmPath, actionOf } from './armPath.ts';
import type { Resources } from './resources.ts';

type HostKeys = {
  masterKey: string;
  functionKeys: Record<string, string>;
  systemKeys: Record<string, string>;
};

/** What a function app answers beside its own resource: settings, host keys, functions. */
export type Sites = {
  deployCode(siteId: string, functions: readonly string[]): void;
  /** Undefined when the request is for something else. */
  answer(request: ApiRequest, at: ArmPath): ApiAnswer | undefined;
  clear(): void;
};

export function createSites(resources: Resources): Sites {
  const keys = new Map<string, HostKeys>();
  const keysOf = (siteId: string) => {
    const held = keys.get(siteId.toLowerCase()) ?? {
      masterKey: newKey(),
      functionKeys: { default: newKey() },
      systemKeys: {},
    };
    keys.set(siteId.toLowerCase(), held);
    return held;
  };

  function settings(siteId: string): ApiAnswer {
    const id = `${siteId}/config/appsettings`;
    const properties = resources.get(id)?.properties ?? {};
    return { status: 200, body: { id, name: 'appsettings', type: 'Microsoft.Web/sites/config', properties } };
  }

  return {
    deployCode(siteId, functions) {
      const site = resources.get(siteId);
      if (!site) throw new Error(`There is no site '${siteId}' to deploy code to: put() it first.`);
      // The blob extension makes its key when the host first runs a function with an Event Grid blob trigger.
      keysOf(site.id).systemKeys = { blobs_extension: newKey() };
      for (const name of functions) {
        resources.set({
          id: `${site.id}/functions/${name}`,
          name: `${site.name}/${name}`,
          type: 'Microsoft.Web/sites/functions',
          properties: { name, language: 'node', isDisabled: false, config: {} },
        });
      }
    },
    answer({ method }, at) {
      const [siteId] = /^.*?\/providers\/Microsoft\.Web\/sites\/[^/]+/i.exec(at.path) ?? [];
      const action = actionOf(method, at).toLowerCase();
      if (!siteId || !SETTINGS.includes(action)) return undefined;
      const site = resources.get(siteId);
      if (!site) return undefined;
      const name = at.names.at(-1)?.toLowerCase();
      if (action === SETTINGS[1] && name === 'default') return { status: 200, body: keysOf(site.id) };
      if (name !== 'appsettings') return undefined;
      if (action === SETTINGS[2]) {
        throw armError(405, 'MethodNotAllowed', 'Settings are read with POST …/config/appsettings/list.');
      }
      return settings(site.id);
    },
    clear: () => keys.clear(),
  };
}

const SETTINGS = [
  'microsoft.web/sites/config/list/action',
  'microsoft.web/sites/host/listkeys/action',
  'microsoft.web/sites/config/read',
];

const newKey = () => randomBytes(40).toString('base64url');
