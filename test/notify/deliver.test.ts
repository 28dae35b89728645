import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryParts } from '../../src/notify/deliver.ts';
import { deliver } from '../../src/notify/deliver.ts';
import { handOnForgotten } from '../../src/notify/forgotten.ts';
import { type NotifyParts, startNotifyParts } from './parts.ts';

let at: NotifyParts;
beforeAll(async () => {
  at = await startNotifyParts();
});
afterAll(() => at?.close());
let number = 0;
let name = '';
beforeEach(() => {
  at.targets.reset();
  at.messages.length = 0;
  at.logs.length = 0;
  at.clock.now += 7 * 86_400_000; // pauses of a target do not outlast a test
  number += 1;
  name = `tree ${number}#.jpg`;
});

const both = () => at.parts([{ to: at.targets.to.api }, { to: at.targets.to.topic }]);
const api = () => at.parts([{ to: at.targets.to.api }]);
/** One attempt; false where no message is due. */
async function next(parts: DeliveryParts): Promise<boolean> {
  const message = at.take();
  if (!message?.name) return false;
  await deliver(parts, { target: message.target, name: message.name }, {});
  return true;
}
const all = async (parts: DeliveryParts) => {
  while (await next(parts));
};
const states = async () =>
  (await at.outboxOf(name)).map(({ state, code }) => [state, code].filter(Boolean).join(' '));

it('deliveries that wait for a turn go on as a part of what called them, not of what went before', async () => {
  const caller = new AsyncLocalStorage<string>();
  const parts = api();
  const names = Array.from({ length: 8 }, (_, index) => `${name}-${index}`);
  for (const each of names) await at.write(parts, each);
  const seen = new Map(names.map((each) => [each, new Set<string | undefined>()]));
  const deliverOne = (each: string) => {
    const now = () => {
      seen.get(each)?.add(caller.getStore());
      return at.clock.now;
    };
    return deliver({ ...parts, now }, { target: parts.rules[0]?.key ?? '', name: each }, {});
  };
  await Promise.all(names.map((each) => caller.run(each, deliverOne, each)));
  expect(at.targets.api.requests).toHaveLength(names.length);
  expect([...seen].map(([each, callers]) => [each, ...callers])).toEqual(names.map((each) => [each, each]));
});

describe('a document with two targets', () => {
  it('tells each once, by the same id; what has it is not told again because the other failed', async () => {
    const parts = both();
    at.targets.topic.faults.always(503);
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['told', 'waits TargetFailing']);
    at.targets.topic.faults.always(undefined);
    at.clock.now += 60_000;
    await all(parts);
    expect(await states()).toEqual(['told', 'told']);
    const [[id, told] = []] = [...at.targets.api.told];
    expect(told).toEqual({ subject: name, type: 'keyless.vision.prediction.succeeded', times: 1 });
    expect(at.targets.topic.events.map((event) => event.id)).toEqual([id]);
  });

  it('that is written again though it says the same tells nobody twice', async () => {
    const parts = both();
    await at.write(parts, name);
    await all(parts);
    const again = at.messages.length;
    await deliver(parts, { target: parts.rules[0]?.key ?? '', name }, {});
    expect(at.messages).toHaveLength(again);
    expect(at.targets.api.requests).toHaveLength(1);
  });

  it('passes on the trace context that it comes with, and makes none up', async () => {
    const parts = api();
    const trace = { traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`, tracestate: 'rojo=00f067aa' };
    for (const [index, each] of [trace, {}].entries()) {
      await at.write(parts, `${name}.${index}`);
      await deliver(parts, { target: parts.rules[0]?.key ?? '', name: `${name}.${index}` }, each);
    }
    const [first, second] = at.targets.api.requests.map(({ headers }) => headers);
    expect(first).toMatchObject(trace);
    expect(Object.keys(second ?? {}).filter((header) => header.startsWith('trace'))).toEqual([]);
  });

  it('is an event of its own, though storage gave another picture the same ETag in the same tick', async () => {
    const parts = api();
    for (const each of [`${name}.1`, `${name}.2`]) {
      await at.write(parts, each, {
        image: { name: each, container: 'images', etag: '"0x8DE2D5A9C1F3B40"' },
      });
    }
    await all(parts);
    expect([...at.targets.api.told.values()].map(({ subject }) => subject)).toEqual([
      `${name}.1`,
      `${name}.2`,
    ]);
  });

  it('leaves nothing behind where it was deleted, or NOTIFY names the target no more', async () => {
    const parts = both();
    await at.write(parts, name);
    await all({ ...parts, rules: [] });
    expect(await states()).toEqual(['passed', 'passed']);
    await deliver(parts, { target: 'whatever', name: 'nobody.jpg' }, {});
    expect(at.targets.api.requests).toEqual([]);
  });
});

describe('a target in trouble', () => {
  it.each([429, 500, 503, 'reset', 'close'] as const)('with %s is told later', async (fault) => {
    const parts = api();
    at.targets.api.faults.next(fault);
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual([expect.stringMatching(/^waits Target/u)]);
    at.clock.now += 60_000;
    await all(parts);
    expect(await states()).toEqual(['told']);
  });

  it('has the pause it asks for, and nothing waits for it within the invocation', async () => {
    const parts = api();
    at.targets.api.faults.next({ status: 429, headers: { 'retry-after': '3600' } });
    await at.write(parts, name);
    const started = performance.now();
    await all(parts);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(at.messages[0]?.seconds).toBeGreaterThanOrEqual(3_600);
    const other = `${name}.2`;
    await at.write(parts, other);
    await all(parts); // of another document, which is not even tried
    expect(at.targets.api.requests).toHaveLength(1);
    at.clock.now += 2 * 3_600_000;
    await all(parts);
    expect(at.targets.api.told.size).toBe(2);
  });

  it.each<[string, { headers?: Record<string, string>; body: string }]>([
    ['too long to be read', { body: 'x'.repeat(70_000) }],
    ['in a coding that cannot be undone', { headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }],
  ])('has it too where its answer is %s', async (_, own) => {
    const parts = api();
    at.targets.api.faults.next({ status: 429, ...own, headers: { ...own.headers, 'retry-after': '3600' } });
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['waits TargetBusy']);
    expect(at.messages[0]?.seconds).toBeGreaterThanOrEqual(3_600);
    at.clock.now += 2 * 3_600_000;
    await all(parts);
    expect(await states()).toEqual(['told']);
  });

  it('is given up after its attempts, with the reason', async () => {
    const parts = api();
    at.targets.api.faults.always(500);
    await at.write(parts, name);
    for (let attempt = 0; attempt < 40; attempt += 1) {
      await all(parts);
      at.clock.now += 2 * 3_600_000;
    }
    expect(await at.outboxOf(name)).toMatchObject([{ state: 'failed', code: 'TargetFailing', attempts: 12 }]);
    expect(at.targets.api.requests).toHaveLength(12);
  });

  it.each([400, 404, 405, 410, 422])('that answers %i is given up at once', async (status) => {
    const parts = api();
    at.targets.api.faults.next(status);
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['failed TargetRefused']);
  });

  it('an accepted event whose answer breaks off is told', async () => {
    const parts = api();
    at.targets.api.faults.next('truncated');
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['told']);
  });
});

describe('where a token may go', () => {
  it.each([301, 302, 303, 307, 308])('a %i is a failure, and nothing follows it', async (status) => {
    const parts = api();
    const location = `${at.targets.topic.url}/api/events`;
    at.targets.api.faults.next({ status, headers: { location } });
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['failed TargetRedirected']);
    expect(at.targets.topic.requests).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost'])(
    'a private address, %s, is not connected to unless it is allowed',
    async (host) => {
      const url = new URL(at.targets.api.url);
      const parts = at.parts([
        { to: { ...at.targets.to.api, api: `https://${host}:${url.port}/`, private: false } },
      ]);
      const { connections } = { connections: at.targets.api.requests.length };
      await at.write(parts, name);
      await all(parts);
      expect(await states()).toEqual(['failed TargetPrivate']);
      expect(at.targets.api.requests).toHaveLength(connections);
    },
  );

  it('a token without the role is not sent; after the grant a new one is', async () => {
    const parts = api();
    const [audience, role] = ['api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e', 'Pictures.Receive'];
    const { createCredential } = await import('../../src/identity/credential.ts');
    const fresh = { ...parts, credential: createCredential({ kind: 'systemAssigned' }) };
    at.identity.revoke('system-assigned', audience, [role]);
    await at.write(fresh, name);
    await all(fresh);
    expect(at.targets.api.requests).toEqual([]);
    expect(await states()).toEqual(['waits TargetRoleMissing']);
    expect(at.logs.join()).toContain(`grant app-role --api ${audience} --role ${role} --principal `);
    at.identity.grant('system-assigned', audience, [role]);
    at.clock.now += 120_000;
    await all(fresh);
    expect(await states()).toEqual(['told']);
  });

  it('nor one that has another role of the same API; after the grant a new one is', async () => {
    const [audience, role] = ['api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e', 'Pictures.Receive'];
    const { createCredential } = await import('../../src/identity/credential.ts');
    at.identity.revoke('system-assigned', audience, [role]);
    at.identity.grant('system-assigned', audience, ['Pictures.Read']);
    const { api: to } = at.targets.to;
    const parts = {
      ...at.parts([{ to }, { to: { ...to, role: 'Pictures.Read' } }]),
      credential: createCredential({ kind: 'systemAssigned' }),
    };
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['waits TargetRoleMissing', 'waits TargetForbidden']); // here the API takes one role
    at.identity.grant('system-assigned', audience, [role]);
    at.clock.now += 120_000;
    await all(parts);
    expect(await states()).toEqual(['told', 'told']);
  });

  it('a topic that denies the identity waits for its role', async () => {
    const parts = at.parts([{ to: at.targets.to.topic }]);
    at.identity.assignments.clear();
    await at.write(parts, name);
    await all(parts);
    expect(await states()).toEqual(['waits TargetForbidden']);
    at.targets.grant();
    at.clock.now += 120_000;
    await all(parts);
    expect(await states()).toEqual(['told']);
  });
});

describe('a rule with a cooldown', () => {
  it('passes over what matches while it lasts; only what was told begins one', async () => {
    const parts = at.parts([{ to: at.targets.to.api, cooldown: 'PT10M' }]);
    const told = async (each: string) => {
      await at.write(parts, each);
      await all(parts);
      return (await at.outboxOf(each))[0]?.state;
    };
    expect(await told(`${name}.1`)).toBe('told');
    at.clock.now += 9 * 60_000;
    expect(await told(`${name}.2`)).toBe('passed');
    at.clock.now += 2 * 60_000; // eleven after the first, two after the one passed over
    expect(await told(`${name}.3`)).toBe('told');
  });
});

describe('what a host that died left', () => {
  it('without a message is handed on again once it is long due', async () => {
    const parts = both();
    await at.write(parts, name);
    at.messages.length = 0;
    const forgotten = () =>
      handOnForgotten(
        at.containers.predictions,
        parts.rules,
        parts.send,
        AbortSignal.timeout(5_000),
        parts.now,
      );
    expect(await forgotten()).toBe(0);
    at.clock.now += 180_000;
    expect(await forgotten()).toBe(2);
    await all(parts);
    expect(await states()).toEqual(['told', 'told']);
    at.clock.now += 180_000;
    expect(await forgotten()).toBe(0);
  });
});
