import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf, wrong } from './environment.ts';

describe('the delivery of events', () => {
  it('is by queue where that is set, and takes the queue’s name', () => {
    expect(settingsOf(environment({ EVENT_DELIVERY: 'queue' }))).toMatchObject({
      eventDelivery: 'queue',
      eventQueue: 'picture-events',
    });
    expect(settingsOf(environment({ EVENT_DELIVERY: 'queue', EVENT_QUEUE: 'drops-2' })).eventQueue).toBe(
      'drops-2',
    );
  });

  it.each([
    ['EVENT_DELIVERY', 'Queue'],
    ['EVENT_DELIVERY', 'eventgrid'],
    ['EVENT_QUEUE', 'Picture_Events'],
    ['EVENT_QUEUE', 'a--b'],
    ['EVENT_QUEUE', 'q'.repeat(57)], // with -poison behind it, it would be too long
    ['EVENT_QUEUE', 'webjobs-blobtrigger'], // its poison queue would be the blob trigger’s
    ['EVENT_QUEUE', 'webjobs-blobtrigger-poison'],
    ['EVENT_QUEUE', 'picture-events-poison'],
    ['EVENT_QUEUE', 'azure-webjobs-blobtrigger-myhost'],
  ])('is refused, by name, where %s is %s', (setting, value) => {
    expect(wrong(environment({ [setting]: value }))).toEqual([setting]);
  });

  it('falls back to what can be registered where a setting is wrong', () => {
    const { registration } = readSettings(environment({ EVENT_DELIVERY: 'pigeon', EVENT_QUEUE: 'A' }));
    expect(registration).toMatchObject({ eventDelivery: 'webhook', eventQueue: 'picture-events' });
  });
});
