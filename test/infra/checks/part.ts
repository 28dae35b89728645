/** The value at a path of members, such as `properties.filter`; undefined where a part of it is not there. */
export function partOf(body: unknown, path: string): unknown {
  let value = body;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}
