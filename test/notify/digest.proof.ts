import { expect, it } from 'vitest';
import { collect, type DigestParts, digest, isMail } from '../../src/notify/mail/digest.ts';
import { startNotifyParts } from './parts.ts';

/** With a clock of its own: ten minutes, and the three hours after them, pass as fast as the machine is. */
it('1,000 matches in ten minutes on a managed domain: 5 mails in any minute, 10 in any hour, and every picture in one digest', async () => {
  const at = await startNotifyParts();
  try {
    const rules = ['a', 'b', 'c'].map((folder) => ({
      when: { paths: [`${folder}/**`] },
      to: at.targets.to.mail,
      period: 'PT1M',
    }));
    const parts = at.parts(rules);
    const names: string[] = [];
    const step = async (own: DigestParts) => {
      at.clock.now += 20_000;
      for (let message = at.take(); message; message = at.take()) {
        const mail = own.rules.filter(isMail).find(({ key }) => key === message?.target);
        if (mail) await (message.name === undefined ? digest : collect)(own, mail);
      }
    };
    for (let third = 0; third < 30; third += 1) {
      const batch = Array.from(
        { length: 34 },
        (_, index) => `${'abc'[index % 3]}/${third}-${index}.jpg`,
      ).slice(0, 1_000 - names.length);
      await Promise.all(batch.map((name) => at.write(parts, name)));
      names.push(...batch);
      await step(parts);
    }
    for (let steps = 0; steps < 3 * 180; steps += 1) await step(parts);
    const { mails, requests } = at.targets.mail;
    const tries = requests.filter(({ method }) => method === 'POST');
    const times = mails.map((mail) => mail.at);
    const most = (ms: number) =>
      Math.max(...times.map((from) => times.filter((to) => to >= from && to < from + ms).length));
    const listed = mails.flatMap(({ text }) =>
      [...text.matchAll(/^- (\S+)/gmu)].map(([, name = '']) => name),
    );
    expect(names).toHaveLength(1_000);
    expect({ minute: most(60_000) <= 5, hour: most(3_600_000) <= 10 }).toEqual({ minute: true, hour: true });
    expect(tries).toHaveLength(mails.length); // none was refused
    expect(listed.toSorted()).toEqual(names.toSorted());
  } finally {
    await at.close();
  }
}, 600_000);
