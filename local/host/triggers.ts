import type { Binding } from './contract.ts';
import type { Core, RegisteredFunction } from './core.ts';

export type TriggerType = 'httpTrigger' | 'blobTrigger' | 'queueTrigger' | 'timerTrigger';

export type TriggeredFunction = {
  target: RegisteredFunction;
  functionName: string;
  /** How storage messages and Event Grid addresses call it. */
  functionId: string;
  type: TriggerType;
  bindingName: string;
  binding: Binding;
};

const TRIGGER_TYPES: readonly TriggerType[] = ['httpTrigger', 'blobTrigger', 'queueTrigger', 'timerTrigger'];
const FUNCTION_NAME = /^[a-z][\w-]{0,127}$/i;
const BINDING_NAME = /^(?:[a-z][a-z0-9]{0,127}|\$return)$/i;

/** The trigger of every function. @throws for what the real host refuses, and for bindings that this host does not do */
export function findTriggers(core: Core): TriggeredFunction[] {
  return [...core.functions.values()].map((target) => {
    const { name, bindings } = target.metadata;
    if (!FUNCTION_NAME.test(name))
      throw new Error(
        `Function "${name}": a name begins with a letter and has only letters, digits, - and _, up to 128.`,
      );
    let found: TriggeredFunction | undefined;
    for (const [bindingName, binding] of Object.entries(bindings)) {
      if (!BINDING_NAME.test(bindingName))
        throw new Error(
          `Function ${name}: the binding name "${bindingName}" is invalid; use letters and digits, a letter first.`,
        );
      const type = triggerType(name, binding);
      if (!type) continue;
      if (found)
        throw new Error(`Function ${name} has more than one trigger: ${found.bindingName}, ${bindingName}.`);
      found = {
        target,
        functionName: name,
        functionId: `Host.Functions.${name}`,
        type,
        bindingName,
        binding,
      };
    }
    if (!found) throw new Error(`Function ${name} has no trigger.`);
    return found;
  });
}

/** The type in this host's spelling, or undefined for the http output, which is no trigger. */
function triggerType(functionName: string, binding: Binding): TriggerType | undefined {
  const type = TRIGGER_TYPES.find((known) => known.toLowerCase() === binding.type?.toLowerCase());
  const options = binding.properties as { supportsDeferredBinding?: string } | undefined;
  if (options?.supportsDeferredBinding === 'true')
    throw new Error(
      `Function ${functionName}: this host does not do sdkBinding: true; it hands over bytes. Use \`func start\`.`,
    );
  if (type) return type;
  if (binding.type?.toLowerCase() === 'http' && binding.direction === 'out') return undefined;
  throw new Error(
    `Function ${functionName}: unknown binding type "${binding.type}" (${binding.direction}). This host does ` +
      `${TRIGGER_TYPES.join(', ')} and the http output; use \`func start\` for others.`,
  );
}

/** A text option of a binding. @throws when it is missing or empty */
export function textOption({ functionName, binding }: TriggeredFunction, option: string): string {
  const value = binding[option];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`Function ${functionName}: its ${binding.type} needs "${option}".`);
}
