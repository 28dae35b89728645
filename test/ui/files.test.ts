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
  const page = (models: string[]) => renderPage({ models, auth: 'key', folder: 'ui/' });

  it('names the models, the way to give access and its files', () => {
    const html = page(['fruit', 'boxes']);
    expect(html).toContain('data-auth="key"');
    expect(html).toContain('data-models="[&quot;fruit&quot;,&quot;boxes&quot;]"');
    expect(html).toContain(`<script type="module" src="ui/${version}/main.js">`);
    expect(html).not.toMatch(/\{\{|<!--/u);
  });

  it('escapes what a model may be called, and takes no pattern in it for one', () => {
    const html = page([`"><script>alert(1)</script>$&$'`]);
    expect(html).not.toContain('<script>alert');
    expect(html).toContain(`\\&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;$&amp;$'`);
  });

  it('has no script or style of its own, so that the policy need allow none', () => {
    expect(page([])).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/u);
    expect(securityHeaders['content-security-policy']).not.toContain('unsafe');
  });
});
