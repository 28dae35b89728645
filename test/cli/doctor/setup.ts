import type { Environment, World } from './world.ts';

/** One thing that people get wrong, made wrong in a set-up in which all else is right. */
export type Setup = {
  name: string;
  /** Numbers of what people get stuck on (pitfalls), for the table. */
  pitfalls: string;
  spoil(environment: Environment, world: World): void | Promise<void>;
  /** The check that must name the cause, and in what words. */
  cause: string;
  says: RegExp;
  /** What the operator puts into the fix’s <…>. */
  known?(world: World): Record<string, string>;
  /** What commands do that are not about settings, roles or containers; `environment` is the one being mended. */
  effects?(world: World, environment: Environment): Record<string, () => void | Promise<void>>;
  probeSeconds?: number;
};

/** Changes members of the entries in VISION_MODELS. */
export function changeModels(environment: Environment, change: Record<string, unknown>, only?: string): void {
  const models = JSON.parse(environment.VISION_MODELS ?? '') as Record<string, object>;
  environment.VISION_MODELS = JSON.stringify(
    Object.fromEntries(
      Object.entries(models).map(([name, entry]) => [
        name,
        only && name !== only ? entry : { ...entry, ...change },
      ]),
    ),
  );
}

export function remove(environment: Environment, ...names: string[]): void {
  for (const name of names) delete environment[name];
}
