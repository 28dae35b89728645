import template from './browser/page.html?raw' with { type: 'text' };
import { files, version } from './files.ts';

export type PageOptions = {
  auth: 'key' | 'entra';
  /** The way from the page’s address to its files, such as `ui/`; relative, so that a proxy may mount the app anywhere. */
  folder: string;
};

/** The page as HTML. It tells nothing of the app but what to show for access: all else it asks the API for. */
export function renderPage({ auth, folder }: PageOptions): string {
  const folderOfVersion = `${folder}${version}/`;
  const values: Record<string, string> = {
    auth,
    files: folderOfVersion,
  };
  const links = [...files.keys()].map(
    (name) =>
      `<link rel="${name.endsWith('.css') ? 'stylesheet' : 'modulepreload'}" href="${escaped(folderOfVersion + name)}">`,
  );
  return template
    .replace('<!-- files -->', () => links.join('\n    '))
    .replace(/\{\{(\w+)\}\}/gu, (_, name: string) => escaped(values[name] ?? ''));
}

/** Text as it may stand in an attribute in double quotes. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
