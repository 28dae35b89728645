import type {
  FunctionCallback,
  FunctionMetadata,
  Hook,
  Log,
  LogLevel,
  ProgrammingModel,
} from './contract.ts';
import { createHooks, Disposable, type Hooks } from './hooks.ts';

export type RegisteredFunction = { metadata: FunctionMetadata; callback: FunctionCallback };

/** What a log belongs to. */
export type LoggedInvocation = {
  functionName: string;
  invocationId: string;
  hookData?: object;
  context?: unknown;
};

export type CoreLog = (
  level: LogLevel,
  category: string,
  message: string,
  invocation?: LoggedInvocation,
) => void;

export type Core = {
  /** What the app gets for `require('@azure/functions-core')`. */
  module: Readonly<Record<string, unknown>>;
  functions: ReadonlyMap<string, RegisteredFunction>;
  hooks: Hooks;
  /** Shared by all hooks for as long as the process lives. */
  appHookData: Record<string, unknown>;
  model(): ProgrammingModel | undefined;
  /** From here on registering a function throws, as in the real worker. */
  lock(): void;
  /** Logs through the log hooks, which may change what a user's own log says. */
  log: CoreLog;
};

/** The worker's half of the contract: what the app registers is gathered here. */
export function createCore(log: Log): Core {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = createHooks();
  const appHookData = {};
  let model: ProgrammingModel | undefined;
  let locked = false;

  const coreLog: CoreLog = (level, category, message, invocation) => {
    const context = {
      hookData: invocation?.hookData ?? {},
      appHookData,
      level,
      category,
      message,
      invocationContext: invocation?.context,
    };
    hooks.runLogHooks(context);
    const final = category === 'user' ? context : { level, message };
    log({
      level: final.level,
      category,
      message: final.message,
      ...(invocation && { functionName: invocation.functionName, invocationId: invocation.invocationId }),
    });
  };

  function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    const { name, functionId = name } = metadata;
    if (locked) throw systemError(`Function "${name}" came after startup; register it while the app loads.`);
    if (functions.has(functionId))
      throw systemError(
        `A function "${functionId}" is already registered; give one of the two another name.`,
      );
    functions.set(functionId, { metadata: { ...metadata, functionId }, callback });
    return new Disposable(() => functions.delete(functionId));
  }

  return {
    functions,
    hooks,
    appHookData,
    model: () => model,
    lock: () => {
      locked = true;
    },
    log: coreLog,
    module: {
      version: '3.99.0-local',
      hostVersion: '4.99.0-local',
      Disposable,
      registerFunction,
      registerHook: (name: string, hook: Hook) => hooks.register(name, hook),
      setProgrammingModel: (next: ProgrammingModel) => {
        model = next;
      },
      getProgrammingModel: () => model,
      log: (level: LogLevel, category: string, message: string) => coreLog(level, category, message),
    },
  };
}

/** The library tells the worker's errors from the app's by this mark. */
function systemError(message: string): Error {
  return Object.assign(new Error(message), { isAzureFunctionsSystemError: true });
}
