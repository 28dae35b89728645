import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { files, version } from '../../src/ui/files.ts';
import { securityHeaders } from '../../src/ui/headers.ts';
import { renderPage } from '../../src/ui/page.ts';

const folder = new URL('../../src/ui/browser/', import.meta.url);
const names = readdirSync(folder);
const scripts = names.filter((name) => name.endsWith('.js'));
const styles = names.filter((name) => name.endsWith('.css'));
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

describe('the files of the page', () => {
  it('are all served', () => {
    expect([...files.keys()].toSorted()).toEqual([...scripts, ...styles].toSorted());
    for (const name of scripts) expect(files.get(name)).toBe(read(name));
  });

  it.each(scripts)('%s turns no text into markup or code', (name) => {
    expect(read(name)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\b|new Function/u,
    );
  });

  it.each([...scripts, ...styles, 'page.html'])('%s loads nothing from elsewhere', (name) => {
    const addresses = read(name)
      .replaceAll(/^\s*(?:\*|\/\*\*|\/\/).*$/gmu, '')
      .match(/\b(?:https?:)?\/\/[\w.-]+/gu);
    expect((addresses ?? []).filter((address) => address !== 'http://www.w3.org')).toEqual([]);
  });
});

describe('the page', () => {
  const html = renderPage({ auth: 'key', folder: 'ui/' });

  it('names the way to give access and its files, and nothing of the app', () => {
    expect(html).toContain('data-auth="key"');
    expect(html).toContain(`<script type="module" src="ui/${version}/main.js">`);
    expect(html).not.toMatch(/\{\{|<!--|data-(?!auth)/u);
  });

  it('escapes where its files are, and takes no pattern in it for one', () => {
    const odd = renderPage({ auth: 'entra', folder: `"><script>alert(1)</script>$&$'` });
    expect(odd).not.toContain('<script>alert');
    expect(odd).toContain(`"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;$&amp;$'`);
  });

  it('has no script or style of its own, so that the policy need allow none', () => {
    expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/u);
    expect(securityHeaders['content-security-policy']).not.toContain('unsafe');
  });
});
