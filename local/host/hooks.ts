import type { Hook, HookContext } from './contract.ts';

const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
type HookName = (typeof HOOK_NAMES)[number];

export type Hooks = {
  /** @throws RangeError for a name there is no hook for; the library tells old hosts by that. */
  register(name: string, hook: Hook): Disposable;
  /** Runs the hooks one after the other, in the order of registration. */
  run(name: Exclude<HookName, 'log'>, context: HookContext): Promise<void>;
  /** Log hooks run at once, and not for what they log themselves. */
  runLogHooks(context: HookContext): void;
};

export function createHooks(): Hooks {
  const registered = new Map<HookName, Hook[]>(HOOK_NAMES.map((name) => [name, []]));
  let logging = false;
  return {
    register(name, hook) {
      const hooks = registered.get(name as HookName);
      if (!hooks)
        throw Object.assign(
          new RangeError(`Unrecognized hook "${name}"; there are ${HOOK_NAMES.join(', ')}.`),
          { isAzureFunctionsSystemError: true },
        );
      hooks.push(hook);
      return new Disposable(() => {
        const at = hooks.indexOf(hook);
        if (at >= 0) hooks.splice(at, 1);
      });
    },
    async run(name, context) {
      for (const hook of [...(registered.get(name) ?? [])]) await hook(context);
    },
    runLogHooks(context) {
      if (logging) return;
      logging = true;
      try {
        for (const hook of registered.get('log') ?? []) hook(context);
      } finally {
        logging = false;
      }
    },
  };
}

/** A class because the contract says so: the library calls `new Disposable()` and `Disposable.from()`. */
export class Disposable {
  #callOnDispose: (() => unknown) | undefined;

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): void {
    this.#callOnDispose?.();
    this.#callOnDispose = undefined;
  }
}
