import * as v from 'valibot';
import { type Problems, shown } from './problem.ts';

export const text = v.pipe(v.string('a string'), v.nonEmpty('a string that is not empty'));
export const fraction = v.pipe(
  v.number('a number'),
  v.minValue(0, 'a number from 0 to 1'),
  v.maxValue(1, 'a number from 0 to 1'),
);

/** A setting that holds JSON; undefined after a problem. The text itself is not shown: it may be long. */
export function parseJson(setting: string, json: string, problem: Problems): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const position = /position \d+/u.exec((error as Error).message)?.[0];
    problem({ setting, expected: `JSON; what stands there breaks off${position ? ` at ${position}` : ''}` });
    return undefined;
  }
}

/** A value in the shape of a schema, or undefined after a problem for each member that is not. */
export function parseEntry<T>(
  setting: string,
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
  problem: Problems,
): T | undefined {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  for (const issue of result.issues) {
    const path = v.getDotPath(issue);
    const known = issue.type !== 'strict_object' || issue.expected !== 'never';
    problem({
      setting: path ? `${setting}.${path}` : setting,
      expected: known ? issue.message : 'no such member (a slip of the pen?)',
      ...(known && { got: shown(issue.input) }),
    });
  }
  return undefined;
}
