import { shownHtml } from './mail.ts';
import type { Targets } from './start.ts';

const escaped = (text: string): string =>
  text.replaceAll(
    /[&<>"]/gu,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '',
  );
const time = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** What others were told, newest first: mails as they look, events, calls. For people on this machine. */
export function outboxPage({ api, topic, mail }: Targets): string {
  const mails = mail.mails
    .toReversed()
    .map(
      (each) =>
        `<section><h3>${escaped(each.subject)}</h3><p>${time(each.at)} from ${escaped(each.from)} to ${escaped(each.to.join(', '))}</p><iframe sandbox title="${escaped(each.subject)}" srcdoc="${escaped(shownHtml(each))}"></iframe></section>`,
    );
  const events = topic.events
    .toReversed()
    .map(
      ({ type, subject, id }) =>
        `<li>${escaped(type)} of <b>${escaped(subject)}</b> <code>${escaped(id)}</code></li>`,
    );
  const calls = api.requests
    .toReversed()
    .map(
      ({ at, method, path, status, body }) =>
        `<li><details><summary>${time(at)} ${escaped(`${method} ${path}`)} → ${escaped(String(status))}</summary><pre>${escaped(body)}</pre></details></li>`,
    );
  const list = (items: string[], tag: string) =>
    items.length > 0 ? `<${tag}>${items.join('')}</${tag}>` : '<p>None yet.</p>';
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10"><title>Outbox</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}iframe{width:100%;height:36rem;border:1px solid #ccc}pre{white-space:pre-wrap;word-break:break-all}</style></head>
<body><h1>What others were told</h1><h2>Mails</h2>${list(mails, 'div')}<h2>Events</h2>${list(events, 'ul')}<h2>Calls of the API</h2>${list(calls, 'ul')}</body></html>`;
}
