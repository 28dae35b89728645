import type { Files } from '../files.ts';

/**
 * main.parameters.json as azd fills it in: what is not set is left out, so that the template’s default holds, and text
 * that reads as what the parameter takes is handed on as that: https://github.com/Azure/azure-dev, bicep_provider.go
 */
export function azdParameters(files: Files, environment: Record<string, string>): Record<string, unknown> {
  const { parameters } = JSON.parse(files.get('infra/main.parameters.json') ?? '') as {
    parameters: Record<string, { value: string }>;
  };
  const types = new Map(
    [...(files.get('infra/main.bicep') ?? '').matchAll(/^param (\w+) (\S+)/gmu)].map(([, name, type]) => [
      name,
      type,
    ]),
  );
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { value }]) => {
      const text = environment[/^\$\{(\w+)\}$/u.exec(value)?.[1] ?? ''];
      return text ? [[name, types.get(name) === 'string' ? text : read(text)]] : [];
    }),
  );
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the template then refuses it
  }
}
