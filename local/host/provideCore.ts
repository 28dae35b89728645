import { registerHooks } from 'node:module';
import type { Core } from './core.ts';

const SLOT = Symbol.for('keyless.host.functions-core');

/**
 * Makes `require('@azure/functions-core')` give this module, in every file loaded from here on, CommonJS or not.
 * The library asks but once per process and remembers a failure too, so this comes before the app is loaded.
 */
export function provideCore(core: Core): void {
  Reflect.set(globalThis, SLOT, core.module);
  const url = new URL('functionsCore.cjs', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
  });
}
