/** Where the page reads the document of a picture: its own code, which this project’s types do not reach. */
export const { documentPath } = (await import(
  new URL('../../src/ui/browser/format.js', import.meta.url).href
)) as { documentPath(name: string): string };
