import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDuration } from '../../src/settings/duration.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf, withModels, wrong } from './environment.ts';

const SCOPE = 'api://5f0c2d1e-8a7b-4c6d-9e0f-1a2b3c4d5e6f/.default';
const api = { api: 'https://orders.example/pictures', scope: SCOPE };
const topic = { topic: 'https://fruit.westeurope-1.eventgrid.azure.net/api/events' };
const mail = {
  mail: 'https://fruit.europe.communication.azure.com',
  from: 'DoNotReply@3c7e.azurecomm.net',
  recipients: ['ada@orchard.example'],
};
const withNotify = (rules: unknown, own: Record<string, string> = {}) =>
  environment({ NOTIFY: typeof rules === 'string' ? rules : JSON.stringify(rules), ...own });
const noticesOf = (rules: unknown, own: Record<string, string> = { RECONCILE_SCHEDULE: '0 */5 * * * *' }) =>
  readSettings(withNotify(rules, own)).notices;

describe('NOTIFY', () => {
  it('unset is nobody to tell', () => {
    expect(settingsOf(environment()).notify).toEqual([]);
  });

  it('has rules for each kind of target, with what is usual filled in', () => {
    const { notify } = settingsOf(
      withNotify([
        {
          when: { tags: ['lemon'], probability: 0.8 },
          to: { ...api, role: 'Pictures.Receive' },
          cooldown: 'PT10M',
        },
        { when: { status: 'failed' }, to: topic },
        { when: { uncertain: [0.4, 0.6] }, to: mail, period: 'P1D' },
        { to: mail },
      ]),
    );
    expect(notify.map(({ to, cooldownMs, periodMs }) => [to.kind, cooldownMs, periodMs])).toEqual([
      ['api', 600_000, 3_600_000],
      ['topic', undefined, 3_600_000],
      ['mail', undefined, 86_400_000],
      ['mail', undefined, 3_600_000],
    ]);
    expect(notify[0]?.to).toEqual({
      kind: 'api',
      url: api.api,
      scope: SCOPE,
      role: 'Pictures.Receive',
      private: false,
    });
    expect(notify[3]?.to).toMatchObject({ domain: 'managed', private: false });
  });

  it('knows a target by a key that stays when the rule changes; mail by the rule, for its digests are its own', () => {
    const keys = (rules: unknown) => settingsOf(withNotify(rules)).notify.map(({ key }) => key);
    const [first] = keys([{ when: { tags: ['lemon'] }, to: api }]);
    expect(first).toMatch(/^[\w-]{8}$/u);
    expect(keys([{ when: { tags: ['pear'] }, to: api }])).toEqual([first]);
    const [one, other] = keys([
      { when: { tags: ['lemon'] }, to: mail },
      { when: { tags: ['pear'] }, to: mail },
    ]);
    expect(one).not.toBe(other);
  });

  it.each([
    ['{', ['NOTIFY']],
    ['{}', ['NOTIFY']],
    [Array(33).fill({ to: topic }), ['NOTIFY']],
    [[{}], ['NOTIFY[0].to']],
    [[{ to: { ...api, ...topic } }], ['NOTIFY[0].to']],
    [[{ to: topic, whne: {} }], ['NOTIFY[0].whne']],
    [[{ to: topic, when: { tag: ['lemon'] } }], ['NOTIFY[0].when.tag']],
    [[{ to: topic, when: { probability: 80 } }], ['NOTIFY[0].when.probability']],
    [[{ to: topic, when: { uncertain: [0.6, 0.4] } }], ['NOTIFY[0].when.uncertain']],
    [[{ to: topic, when: { paths: ['a**'] } }], ['NOTIFY[0].when.paths']],
    [[{ to: topic, cooldown: '10 minutes' }], ['NOTIFY[0].cooldown']],
    [[{ to: topic, period: 'PT1H' }], ['NOTIFY[0].period']],
    [[{ to: mail, cooldown: 'PT1H' }], ['NOTIFY[0].cooldown']],
    [[{ to: mail, period: 'PT10S' }], ['NOTIFY[0].period']],
    [[{ to: { ...api, api: 'http://127.0.0.1/pictures' } }], ['NOTIFY[0].to.api']],
    [[{ to: { ...api, api: 'https://ada:secret@orders.example/' } }], ['NOTIFY[0].to.api']],
    [[{ to: { ...api, api: 'https://orders.example/pictures?code=geheim' } }], ['NOTIFY[0].to.api']],
    [[{ to: { ...api, scope: 'api://orders/Pictures.Receive' } }], ['NOTIFY[0].to.scope']],
    [[{ to: { ...api, scope: '/.default' } }], ['NOTIFY[0].to.scope']],
    [[{ to: { topic: 'https://fruit.westeurope-1.eventgrid.azure.net' } }], ['NOTIFY[0].to.topic']],
    [[{ to: { ...mail, mail: `${mail.mail}/emails:send` } }], ['NOTIFY[0].to.mail']],
    [[{ to: { ...mail, from: 'DoNotReply' } }], ['NOTIFY[0].to.from']],
    [[{ to: { ...mail, recipients: [] } }], ['NOTIFY[0].to.recipients']],
    [[{ to: { ...mail, recipients: ['a@b.example\r\nBcc: c@d.example'] } }], ['NOTIFY[0].to.recipients.0']],
  ])('tells what is wrong in %j', (rules, settings) => {
    expect(wrong(withNotify(rules))).toEqual(settings);
  });

  it('shows nothing of an address that holds a key', () => {
    const { problems } = readSettings(
      withNotify([{ to: { ...api, api: 'https://orders.example/?code=geheim' } }]),
    );
    expect(JSON.stringify(problems)).not.toContain('geheim');
  });

  it('cannot share its container or queue with pictures, documents and events', () => {
    expect(wrong(withNotify([], { IMAGES_CONTAINER: 'predictions-notify' }))).toEqual(['IMAGES_CONTAINER']);
    expect(wrong(withNotify([], { EVENT_QUEUE: 'predictions-notify' }))).toEqual(['EVENT_QUEUE']);
  });

  it('is read whatever stands there', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { settings, problems } = readSettings(
          withNotify(JSON.stringify([{ to: topic, when: value }, value])),
        );
        expect(settings === undefined).toBe(problems.length > 0);
      }),
    );
  });
});

describe('rules that cannot be meant', () => {
  it.each([
    [{ models: ['pears'] }, 'there is no model pears; there are default'],
    [{ probability: 0.9, uncertain: [0.4, 0.6] }, 'no prediction is at least 0.9 and at most 0.6'],
    [{ paths: ['images/**'] }, 'names do not begin with the container’s own, images/'],
  ])('%j is told to match never', (when, why) => {
    expect(noticesOf([{ when, to: topic }])).toEqual([`NOTIFY[0] never matches: ${why}`]);
  });

  it('a rule for paths that go to no model is told, but not where it waits for failures', () => {
    const models = {
      apples: {
        url: 'https://a.cognitiveservices.azure.com/customvision/v3.1/Prediction/7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01/classify/iterations/a/image',
        paths: ['orchard/**'],
      },
    };
    const notices = (when: unknown) =>
      readSettings({
        ...withModels(models),
        NOTIFY: JSON.stringify([{ when, to: topic }]),
        RECONCILE_SCHEDULE: '0 0 * * * *',
      }).notices;
    expect(notices({ paths: ['meadow/*.jpg'], tags: ['apple'] })).toEqual([
      'NOTIFY[0] never matches: no picture of meadow/*.jpg goes to apples',
    ]);
    expect(notices({ paths: ['meadow/*.jpg'], status: 'failed' })).toEqual([]);
    expect(notices({ paths: ['orchard/tree-*.jpg'], tags: ['apple'] })).toEqual([]);
  });

  it('more mail than the domain sends in an hour is told, and that nobody looks for what was forgotten', () => {
    expect(noticesOf([{ to: mail, period: 'PT5M' }])).toEqual([
      'NOTIFY: up to 12 mails an hour, and a managed domain sends 10: digests will be later than their period, and longer',
    ]);
    expect(noticesOf([{ to: { ...mail, domain: 'custom' }, period: 'PT5M' }])).toEqual([]);
    expect(noticesOf([{ to: mail }], {})).toEqual([expect.stringContaining('without RECONCILE_SCHEDULE')]);
  });
});

describe('a duration', () => {
  it.each([
    ['PT10M', 600_000],
    ['P1DT2H3M4S', 93_784_000],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['PT1.5H', undefined],
    ['10', undefined],
  ])('%s', (text, milliseconds) => {
    expect(readDuration(text)).toBe(milliseconds);
  });
});
