import { randomBytes, randomUUID } from 'node:crypto';
import { messageOf } from '../thrown.ts';
import type {
  CoreInvocationContext,
  FunctionCallback,
  InvocationResponse,
  LogLevel,
  RpcTypedData,
} from './contract.ts';
import type { Core, LoggedInvocation, RegisteredFunction } from './core.ts';

export type Trigger = {
  /** The binding's name; the library finds the trigger by it. */
  name: string;
  data: RpcTypedData;
  metadata?: Record<string, RpcTypedData>;
  /** Why it runs, for the log: "New blob detected: images/a.jpg". */
  reason?: string;
};

/** Runs a function once, with its hooks. @throws what the function, a hook or the conversion of the result threw */
export type Invoke = (target: RegisteredFunction, trigger: Trigger) => Promise<InvocationResponse>;

export function createInvoke(core: Core): Invoke {
  return async (target, trigger) => {
    const functionName = target.metadata.name;
    const invocationId = randomUUID();
    const started = performance.now();
    const say = (level: LogLevel, message: string) =>
      core.log(level, 'host', message, { functionName, invocationId });
    const took = () => `${Math.round(performance.now() - started)} ms`;
    say('information', `Executing Functions.${functionName}${trigger.reason ? ` (${trigger.reason})` : ''}`);
    try {
      const response = await run(core, target, trigger, invocationId);
      say('information', `Executed Functions.${functionName} (succeeded, ${took()})`);
      return response;
    } catch (error) {
      say('error', `Executed Functions.${functionName} (failed, ${took()}): ${messageOf(error)}`);
      throw error;
    }
  };
}

async function run(
  core: Core,
  { metadata, callback }: RegisteredFunction,
  trigger: Trigger,
  invocationId: string,
): Promise<InvocationResponse> {
  const model = core.model();
  if (!model) throw new Error('The app set no programming model.');
  const shared = { hookData: {}, appHookData: core.appHookData };
  const logged: LoggedInvocation = {
    functionName: metadata.name,
    invocationId,
    hookData: shared.hookData,
  };
  const coreContext: CoreInvocationContext = {
    invocationId,
    metadata,
    request: {
      invocationId,
      functionId: metadata.functionId ?? metadata.name,
      inputData: [{ name: trigger.name, data: trigger.data }],
      triggerMetadata: trigger.metadata ?? {},
      traceContext: { traceParent: createTraceParent(), traceState: '', attributes: {} },
    },
    log: (level, category, message) => core.log(level, category, message, logged),
  };
  const invocationModel = model.getInvocationModel(coreContext);
  const { context, inputs } = await invocationModel.getArguments();
  logged.context = context;

  const before = { ...shared, invocationContext: context, functionCallback: callback, inputs };
  coreContext.state = 'preInvocationHooks';
  await core.hooks.run('preInvocation', before);

  const after: { result: unknown; error: unknown } & Record<string, unknown> = {
    ...shared,
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  coreContext.state = 'invocation';
  try {
    const handler: FunctionCallback = before.functionCallback;
    after.result = await invocationModel.invokeFunction(context, before.inputs, handler);
  } catch (error) {
    after.error = error ?? new Error('The function threw nothing.');
  }
  coreContext.state = 'postInvocationHooks';
  await core.hooks.run('postInvocation', after);
  coreContext.state = undefined;
  if (after.error) throw after.error;
  return await invocationModel.getResponse(context, after.result);
}

/** https://www.w3.org/TR/trace-context/#traceparent-header, not sampled. */
function createTraceParent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}
