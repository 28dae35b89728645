export type BlobPath = {
  container: string;
  /** The path's parameters, or undefined when the blob is not meant. */
  match(blobName: string): Record<string, string> | undefined;
};

/**
 * Reads a trigger path like `images/{name}` or `in/{base}.{ext}`: a parameter takes as much as it can, over slashes too,
 * letter case counts, `{{` and `}}` are braces. A container alone means every blob in it.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-name-patterns
 * @throws when the path cannot be read
 */
export function parseBlobPath(path: string): BlobPath {
  const slash = path.indexOf('/');
  const container = slash < 0 ? path : path.slice(0, slash);
  if (!/^(?:\$root|\$web|[a-z0-9](?:-?[a-z0-9]){2,62})$/.test(container))
    throw new Error(
      `"${path}" begins with no container name (3 to 63 lower-case letters, digits and single hyphens; no {parameter}).`,
    );
  if (slash < 0) return { container, match: () => ({}) };

  const names: string[] = [];
  const source = path
    .slice(slash + 1)
    .split(/(\{\{|\}\}|\{[^{}]*\})/)
    .map((part) => {
      if (part === '{{' || part === '}}') return `\\${part.charAt(0)}`;
      const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
      if (name === undefined && /[{}]/.test(part))
        throw new Error(`"${path}": cannot read "${part}"; write {name}, or double a brace that is meant.`);
      if (name === undefined) return escapePattern(part);
      names.push(name);
      return '(.*)';
    })
    .join('');
  const pattern = new RegExp(`^${source}$`, 's');
  return {
    container,
    match(blobName) {
      const found = pattern.exec(blobName);
      return found
        ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']))
        : undefined;
    },
  };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
