import { type AzureRole, DEFAULT_ACCOUNT } from '../../../local/identity/assignments.ts';
import { type Environment, SECOND_ACCOUNT, type World } from './world.ts';

export type Operator = {
  world: World;
  environment: Environment;
  /** What the operator puts in for <…>, and for addresses that stand for those of Azure. */
  known: Readonly<Record<string, string>>;
  /** What a command does that is not about settings, roles or containers. */
  effects: Readonly<Record<string, (args: readonly string[]) => Promise<void> | void>>;
};

/** Commands that only show something. */
const LOOKS = [
  'az cognitiveservices account list',
  'az functionapp identity show',
  'az storage account list',
  'az account show',
  'az ad app list',
];

/**
 * Types the command of a finding, as an operator would: what it says happens in the local environment. Throws on a
 * command that it does not know, and on a <…> that nobody could fill in.
 */
export async function applyFix(command: string, operator: Operator): Promise<void> {
  for (const part of command.split(' && ')) await applyOne(words(part, operator.known), operator);
}

async function applyOne(args: readonly string[], operator: Operator): Promise<void> {
  const { world, environment, effects } = operator;
  const line = args.join(' ');
  const option = (name: string) => args[args.indexOf(name) + 1] ?? '';
  if (line.startsWith('func settings add ')) {
    environment[args[3] ?? ''] = args[4] ?? '';
    return;
  }
  if (line.startsWith('func settings delete ')) {
    delete environment[args[3] ?? ''];
    return;
  }
  if (line.startsWith('az functionapp config appsettings set ')) {
    for (const pair of args.slice(args.indexOf('--settings') + 1)) {
      const [name = '', ...value] = pair.split('=');
      environment[name] = value.join('=');
    }
    return;
  }
  if (line.startsWith('az functionapp config appsettings delete ')) {
    for (const name of args.slice(args.indexOf('--setting-names') + 1)) delete environment[name];
    return;
  }
  if (line.startsWith('az role assignment create ')) {
    grant(world, option('--assignee-object-id'), option('--role'), option('--scope'));
    return;
  }
  if (line.startsWith('az storage container create ')) {
    await world.stack.uploader.container(option('--name')).create();
    return;
  }
  if (line.startsWith('az storage queue create ')) {
    await world.stack.uploader.queues.createQueue(option('--name'));
    return;
  }
  const effect = Object.keys(effects).find((start) => line.startsWith(start));
  if (effect) await effects[effect]?.(args);
  else if (!LOOKS.some((start) => line.startsWith(start))) throw new Error(`Nobody here can type: ${line}`);
}

/** The scope is a subcommand, which in Azure would print the id of the account that it names. */
function grant(world: World, objectId: string, role: string, scope: string): void {
  const { identity } = world.stack;
  if (scope.includes('az storage account show')) {
    const service = role === 'Storage Queue Data Contributor' ? 'queue' : 'blob';
    if (!/^Storage (?:Blob Data Owner|Queue Data Contributor)$/u.test(role))
      throw new Error(`No such role: ${role}`);
    world.gates[service].refusal = undefined;
    return;
  }
  const account = scope.includes(`'${world.secondAccount.url}/'`) ? SECOND_ACCOUNT : DEFAULT_ACCOUNT;
  identity.assignments.grant(objectId, account, role as AzureRole);
}

/** As a shell splits it; $(…) stays one word. */
function words(command: string, known: Readonly<Record<string, string>>): string[] {
  const found = [...command.matchAll(/\$\((?:[^()]|\([^()]*\))*\)|(?:'[^']*'|"[^"]*"|\\.|[^\s'"])+/gu)];
  return found.map(([word]) => {
    if (word.startsWith('$(')) return word;
    let text = word.replaceAll(
      /'([^']*)'|"([^"]*)"|\\(.)/gu,
      (_, single, double, escaped) => single ?? double ?? escaped,
    );
    for (const [placeholder, value] of Object.entries(known)) text = text.replaceAll(placeholder, value);
    if (/<[a-z][^>]*>/iu.test(text)) throw new Error(`Nobody filled in ${text} of: ${command}`);
    return text;
  });
}
