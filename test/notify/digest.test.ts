import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { collect, type DigestParts, digest, isMail } from '../../src/notify/mail/digest.ts';
import { ranked } from '../../src/storage/document.ts';
import { type NotifyParts, startNotifyParts } from './parts.ts';

let at: NotifyParts;
beforeAll(async () => {
  at = await startNotifyParts();
});
afterAll(() => at?.close());
let number = 0;
let rule: object;
beforeEach(() => {
  at.targets.reset();
  at.messages.length = 0;
  at.logs.length = 0;
  at.clock.now += 7 * 86_400_000;
  number += 1;
  rule = { when: { paths: [`run-${number}/**`] }, to: at.targets.to.mail, period: 'PT30M' };
});
const name = (index: number) => `run-${number}/${String(index).padStart(4, '0')}.jpg`;

/** Takes every message that is due, as hosts would. */
async function all(parts: DigestParts): Promise<void> {
  for (let message = at.take(); message; message = at.take()) {
    const { target, name: document } = message;
    const mail = parts.rules.filter(isMail).find(({ key }) => key === target);
    if (mail) await (document === undefined ? digest : collect)(parts, mail);
  }
}
/** Lets the time pass in steps, and takes what becomes due. */
async function pass(parts: DigestParts, seconds: number, step = 20): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    at.clock.now += step * 1000;
    await all(parts);
  }
}
const mails = () => at.targets.mail.mails;
const listed = () => mails().flatMap(({ text }) => [...text.matchAll(/^- (\S+)/gmu)].map(([, each]) => each));

describe('a digest', () => {
  it('comes within two minutes of the first match and tells of all until then; the next one after the period', async () => {
    const parts = at.parts([rule]);
    const started = at.clock.now;
    await at.write(parts, name(1));
    at.clock.now += 10_000;
    await at.write(parts, name(2), {
      status: 'failed',
      error: { code: 'ImageUndecodable', title: 'x', detail: 'x', fix: 'x' },
    });
    await pass(parts, 120);
    expect(mails().map(({ subject }) => subject)).toEqual([`2 pictures: path run-${number}/**`]);
    expect((mails()[0]?.at ?? 0) - started).toBeLessThanOrEqual(120_000);
    expect(mails()[0]?.text).toContain('(1 scored, 1 failed)');
    expect(listed()).toEqual([name(1), name(2)]);
    expect((await at.outboxOf(name(1)))[0]?.state).toBe('told');
    await at.write(parts, name(3));
    await pass(parts, 1_500);
    expect(mails()).toHaveLength(1);
    await pass(parts, 400);
    expect(mails().map(({ subject }) => subject.split(':')[0])).toEqual(['2 pictures', '1 picture']);
    await pass(parts, 4_000);
    expect(mails()).toHaveLength(2); // nothing new, no mail
  });

  it.each([429, 500, 'reset', 'close'] as const)(
    'after %s is sent again under its own id, and not twice',
    async (fault) => {
      const parts = at.parts([rule]);
      at.targets.mail.faults.next(fault);
      await at.write(parts, name(1));
      await pass(parts, 400);
      expect(mails()).toHaveLength(1);
      const ids = at.targets.mail.requests.map(({ headers }) => headers['operation-id']).filter(Boolean);
      expect(new Set(ids).size).toBe(1);
    },
  );

  it('has the pause that its domain asks for, and so has every other rule of it', async () => {
    const other = { ...rule, when: { paths: [`run-${number}/*2.jpg`] } };
    const parts = at.parts([rule, other]);
    at.targets.mail.faults.next({
      status: 429,
      headers: { 'retry-after': '3600' },
      body: 'x'.repeat(70_000),
    });
    await at.write(parts, name(2)); // of both rules
    await pass(parts, 3_500, 100);
    expect(at.targets.mail.requests).toHaveLength(1);
    await pass(parts, 1_200, 100);
    expect(mails()).toHaveLength(2);
  });

  it('that was accepted by an answer that broke off is not sent again', async () => {
    const parts = at.parts([rule]);
    at.targets.mail.brokenEvery = 1;
    await at.write(parts, name(1));
    await pass(parts, 200);
    expect([mails().length, at.targets.mail.repeated]).toEqual([1, 0]);
    expect((await at.outboxOf(name(1)))[0]?.state).toBe('told');
  });

  it('whose host died after the mail was accepted, and before it was noted, goes on without a second mail', async () => {
    const parts = at.parts([rule]);
    await at.write(parts, name(1));
    at.clock.now += 61_000;
    const [first] = parts.rules.filter(isMail);
    const dead = new Proxy(parts.containers.notify, {
      get(container, member, receiver) {
        // the host is gone once the mail is: nothing is written any more
        if (member === 'getBlockBlobClient' && mails().length > 0) throw new Error('the host died');
        const value = Reflect.get(container, member, receiver);
        return typeof value === 'function' ? value.bind(container) : value;
      },
    });
    if (first)
      await expect(
        digest({ ...parts, containers: { ...parts.containers, notify: dead } }, first),
      ).rejects.toThrow();
    expect(mails()).toHaveLength(1);
    await pass(parts, 400);
    expect(mails()).toHaveLength(1);
    expect(at.targets.mail.repeated).toBe(1);
    expect((await at.outboxOf(name(1)))[0]?.state).toBe('told');
  });

  it('by two hosts at once is one mail', async () => {
    const parts = at.parts([rule]);
    await at.write(parts, name(1));
    at.clock.now += 61_000;
    const [first] = parts.rules.filter(isMail);
    if (first) await Promise.all(Array.from({ length: 6 }, () => digest(parts, first)));
    expect([mails().length, at.targets.mail.repeated]).toEqual([1, 0]);
  });

  it('waits for the role and for the domain’s link, and tells the fix; what cannot be mended is given up', async () => {
    const parts = at.parts([rule]);
    at.identity.assignments.clear();
    at.targets.mail.linkedDomains.clear();
    await at.write(parts, name(1));
    await pass(parts, 100);
    expect(at.logs.join()).toContain('TargetForbidden');
    at.targets.grant();
    await pass(parts, 200);
    expect(at.logs.join()).toContain('MailDomainNotLinked');
    at.targets.mail.faults.next({ status: 400, body: '{"error":{"code":"InvalidEmailAddress"}}' });
    await pass(parts, 1_000);
    expect(await at.outboxOf(name(1))).toMatchObject([{ state: 'failed', code: 'TargetRefused' }]);
    expect(mails()).toEqual([]);
  });

  it('that was dropped after it was accepted is told by one later look', async () => {
    const parts = at.parts([rule]);
    await at.write(parts, name(1));
    await pass(parts, 80);
    at.targets.mail.suppressed.add(mails()[0]?.operationId ?? '');
    await pass(parts, 1_000);
    expect(at.logs.join()).toContain('MailDropped');
    expect(at.logs.join()).toContain('EmailDroppedAllRecipientsSuppressed');
    expect(at.targets.mail.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('shows the first pictures with their boxes, and makes nothing of what names and tags hold', async () => {
    const parts = at.parts([rule]);
    const { jpeg } = await drawPicture(97_000_001, { size: 200 });
    const evil = `run-${number}/<img src=x onerror=alert(1)>&"'.jpg`;
    const predictions = [
      {
        tagName: '<script>alert(2)</script>\r\nBcc: x@y.example',
        tagId: 't',
        probability: 0.9,
        boundingBox: { left: 0.1, top: 0.1, width: 0.5, height: 0.5 },
      },
    ];
    const result = {
      ...{ model: 'fruit', projectId: 'p', publishedName: 'fruit', task: 'detect' as const, iteration: 'i' },
      ...{ predictionId: 'p', attempts: 1, failedAttempts: [], durationMs: 1 },
      ...ranked(predictions, { threshold: 0.5 }),
    };
    await at.write(parts, evil, { results: [result] }, jpeg);
    await at.write(parts, name(2));
    await pass(parts, 100);
    const [mail] = mails();
    expect([...(mail?.attachments.keys() ?? [])]).toEqual(['picture-2']);
    expect(mail?.html).toContain('cid:picture-2');
    expect(mail?.html).not.toMatch(/<script|<img src=x|onerror=alert\(1\)>/u);
    expect(mail?.text).not.toMatch(/^Bcc/mu);
    expect(mail?.html).toContain('&lt;script&gt;');
  });
});

describe('the limits of a managed domain', () => {
  it('hold over rules and tries: 5 in any minute, 10 in any hour, and every picture is in some digest', async () => {
    const rules = Array.from({ length: 6 }, (_, index) => ({
      when: { paths: [`run-${number}/${index}/**`] },
      to: at.targets.to.mail,
      period: 'PT1M',
    }));
    const parts = at.parts(rules);
    const names: string[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      for (let index = 0; index < 6; index += 1) {
        names.push(`run-${number}/${index}/${minute}.jpg`);
        await at.write(parts, names.at(-1) ?? '');
      }
      await pass(parts, 60);
    }
    await pass(parts, 3 * 3_600, 240);
    const sent = at.targets.mail.requests.filter(({ method }) => method === 'POST');
    expect(at.targets.mail.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(sent.length).toBe(mails().length);
    const times = mails().map((mail) => mail.at);
    const most = (ms: number) =>
      Math.max(...times.map((from) => times.filter((to) => to >= from && to < from + ms).length));
    expect(most(60_000)).toBeLessThanOrEqual(5);
    expect(most(3_600_000)).toBeLessThanOrEqual(10);
    expect(new Set(listed())).toEqual(new Set(names));
    expect(listed()).toHaveLength(names.length);
  });
});
