import { onOneLine } from '../../errors/forLog.ts';
import { xmlText } from '../../pictures/drawing/lettering.ts';
import type { Rule } from '../../settings/settings.ts';
import type { Item } from './digestState.ts';
import type { Letter } from './service.ts';

const LONGEST_NAME = 200;
const LONGEST_SUBJECT = 180;

/** A picture shown in the mail: with its boxes drawn where they could be. */
export type Shown = { name: string; words: string; jpeg?: Buffer };

/** A digest’s mail. All that is others’ to choose, names and tags, is on one line and escaped. */
export function letterOf(rule: Rule, items: readonly Item[], shown: readonly Shown[]): Letter {
  const failed = items.filter(({ code }) => code !== undefined);
  const count = `${items.length} ${items.length === 1 ? 'picture' : 'pictures'}`;
  const counts = [
    ...(failed.length < items.length ? [`${items.length - failed.length} scored`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ].join(', ');
  const asked = whenText(rule.when);
  const pictures = shown.flatMap(({ jpeg }, index) => (jpeg ? [{ id: `picture-${index + 1}`, jpeg }] : []));
  const rows = items.map(({ name, code }) => ({ name: shortened(name), code }));
  const plainText = [
    `${count} (${counts}) matched: ${asked}.`,
    '',
    ...shown.map(({ name, words }) => `${shortened(name)}: ${onOneLine(words)}`),
    '',
    'All of them:',
    ...rows.map(({ name, code }) => `- ${name}${code ? ` (${code})` : ''}`),
  ].join('\n');
  const cells = shown.map(({ name, words, jpeg }, index) => {
    const picture = jpeg
      ? `<img src="cid:picture-${index + 1}" width="560" style="display:block;width:100%;max-width:560px;height:auto;border-radius:4px" alt="${xmlText(shortened(name))}">`
      : '';
    return `<tr><td style="padding:0 0 24px">${picture}<div style="padding-top:8px;font-weight:600;word-break:break-all">${xmlText(shortened(name))}</div><div style="color:#555">${xmlText(words)}</div></td></tr>`;
  });
  const list = rows.map(
    ({ name, code }) =>
      `<li style="word-break:break-all">${xmlText(name)}${code ? ` <span style="color:#a00">${xmlText(code)}</span>` : ''}</li>`,
  );
  const html = [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>',
    '<body style="margin:0;padding:24px;background:#fff;color:#222;font:15px/1.5 system-ui,Segoe UI,sans-serif">',
    '<table role="presentation" style="max-width:600px;margin:0 auto;border-collapse:collapse;width:100%">',
    `<tr><td style="padding:0 0 16px"><h1 style="font-size:20px;margin:0">${count}</h1><div style="color:#555">${xmlText(`${counts}; matched: ${asked}`)}</div></td></tr>`,
    ...cells,
    `<tr><td><h2 style="font-size:16px;margin:0 0 4px">All of them</h2><ul style="margin:0;padding-left:20px">${list.join('')}</ul></td></tr>`,
    '</table></body></html>',
  ].join('\n');
  return {
    subject: onOneLine(`${count}: ${asked}`).slice(0, LONGEST_SUBJECT).toWellFormed(),
    plainText,
    html,
    pictures,
  };
}

const shortened = (name: string): string => {
  const line = onOneLine(name);
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME).toWellFormed()}…` : line;
};

/** A rule’s conditions, for people. */
export function whenText({ models, tags, probability, uncertain, status, paths }: Rule['when']): string {
  const parts = [
    status && `status ${status}`,
    models && `model ${models.join(' or ')}`,
    tags && `tag ${tags.join(' or ')}`,
    probability !== undefined && `probability at least ${probability}`,
    uncertain && `probability from ${uncertain[0]} to ${uncertain[1]}`,
    paths && `path ${paths.join(' or ')}`,
  ].filter(Boolean);
  return parts.join(', ') || 'every picture';
}
