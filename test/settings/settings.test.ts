import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { readSettings, requireSettings } from '../../src/settings/settings.ts';
import { ENDPOINT, environment, PROJECT_ID, settingsOf, wrong } from './environment.ts';

describe('the settings of an app in Azure', () => {
  it('need three addresses; all else has a default', () => {
    expect(settingsOf(environment())).toEqual({
      imagesContainer: 'images',
      predictionsContainer: 'predictions',
      modelsContainer: 'models',
      claimsContainer: 'predictions-claims',
      notifyName: 'predictions-notify',
      blobTriggerSource: 'EventGrid',
      eventDelivery: 'webhook',
      eventQueue: 'picture-events',
      imageStorage: {
        blobServiceUri: 'https://orchard.blob.core.windows.net',
        queueServiceUri: 'https://orchard.queue.core.windows.net',
      },
      identity: { kind: 'systemAssigned' },
      urlHosts: [],
      callers: { kind: 'key' },
      ui: 'on',
      reconcileSchedule: undefined,
      notify: [],
      models: [
        {
          name: 'default',
          endpoint: ENDPOINT,
          projectId: PROJECT_ID,
          publishedName: 'fruit',
          task: 'classify',
          paths: ['**'],
          threshold: 0.5,
          store: false,
          tiles: false,
          rate: 20,
        },
      ],
    });
  });

  it('take the containers and the source of events that are set', () => {
    const own = {
      IMAGES_CONTAINER: 'fotos',
      PREDICTIONS_CONTAINER: 'answers-2',
      BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan',
    };
    expect(settingsOf(environment(own))).toMatchObject({
      imagesContainer: 'fotos',
      predictionsContainer: 'answers-2',
      blobTriggerSource: 'LogsAndContainerScan',
    });
  });

  it.each(['0 */15 * * * *', '0 30 9 * Jan Mon-Fri'])('take the schedule %s', (schedule) => {
    expect(settingsOf(environment({ RECONCILE_SCHEDULE: schedule })).reconcileSchedule).toBe(schedule);
  });

  it('take a list of url hosts apart, in lower case', () => {
    expect(settingsOf(environment({ URL_HOSTS: ' A.example, b.example:8443;c.example ' })).urlHosts).toEqual([
      'a.example',
      'b.example:8443',
      'c.example',
    ]);
  });

  it.each([
    ['', undefined],
    ['blank', '   '],
  ])('count an empty value as not set (%s)', (_, value) => {
    const empty = {
      IMAGES_CONTAINER: value,
      BLOB_TRIGGER_SOURCE: value,
      MANAGED_IDENTITY_CLIENT_ID: value,
      VISION_MODELS: value,
      VISION_TASK: value,
      ImageStorage: value,
      CALLER_AUTH: value,
      UI: value,
      URL_HOSTS: value,
    };
    expect(settingsOf(environment(empty))).toEqual(settingsOf(environment()));
  });

  it.each([
    ['IMAGES_CONTAINER', 'Images'],
    ['IMAGES_CONTAINER', 'a--b'],
    ['PREDICTIONS_CONTAINER', 'ab'],
    ['BLOB_TRIGGER_SOURCE', 'eventgrid'],
    ['CALLER_AUTH', 'Entra'],
    ['UI', 'false'],
    ['RECONCILE_SCHEDULE', '*/15 * * * *'],
    ['RECONCILE_SCHEDULE', 'hourly'],
  ])('refuse %s=%s, naming both', (setting, value) => {
    const { problems, settings } = readSettings(environment({ [setting]: value }));
    expect(settings).toBeUndefined();
    expect(problems).toMatchObject([{ setting, got: `"${value}"` }]);
  });

  it('refuse one container for pictures and documents, which would never end', () => {
    expect(
      readSettings(environment({ IMAGES_CONTAINER: 'one', PREDICTIONS_CONTAINER: 'one' })).problems,
    ).toMatchObject([{ setting: 'PREDICTIONS_CONTAINER', expected: expect.stringContaining('again') }]);
    expect(wrong(environment({ PREDICTIONS_CONTAINER: 'images' }))).toEqual(['PREDICTIONS_CONTAINER']);
  });

  it('report every problem at once, and still let the functions register', () => {
    const { registration, problems, settings } = readSettings({
      IMAGES_CONTAINER: 'No',
      BLOB_TRIGGER_SOURCE: 'Polling',
      CALLER_AUTH: 'none',
      UI: 'none',
      VISION_ENDPOINT: 'fruit',
      VISION_TASK: 'look',
      MANAGED_IDENTITY_CLIENT_ID: 'x',
    });
    expect(settings).toBeUndefined();
    expect(registration).toEqual({
      imagesContainer: 'images',
      blobTriggerSource: 'EventGrid',
      eventDelivery: 'webhook',
      eventQueue: 'picture-events',
      callers: { kind: 'key' },
      ui: 'off',
    });
    expect(problems.map(({ setting }) => setting).toSorted()).toEqual(
      [
        'IMAGES_CONTAINER',
        'BLOB_TRIGGER_SOURCE',
        'CALLER_AUTH',
        'UI',
        'ImageStorage__blobServiceUri and ImageStorage__queueServiceUri',
        'MANAGED_IDENTITY_CLIENT_ID',
        'VISION_ENDPOINT',
        'VISION_PROJECT_ID',
        'VISION_PUBLISHED_NAME',
        'VISION_TASK',
      ].toSorted(),
    );
  });

  it('are frozen, down to the patterns of a model', () => {
    const settings = settingsOf(environment());
    for (const part of [settings, settings.models, settings.models[0], settings.models[0]?.paths]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(settings.identity) && Object.isFrozen(settings.imageStorage)).toBe(true);
  });
});

describe('requireSettings', () => {
  it('hands over settings that are right', () => {
    const loaded = readSettings(environment());
    expect(requireSettings(loaded)).toBe(loaded.settings);
  });

  it('throws SettingsInvalid that names every problem', () => {
    const loaded = readSettings(environment({ VISION_PREDICTION_URL: undefined, IMAGES_CONTAINER: 'X' }));
    expect(() => requireSettings(loaded)).toThrow(KeylessError);
    expect(() => requireSettings(loaded)).toThrow(
      /^IMAGES_CONTAINER: expected .+, got "X" · VISION_PREDICTION_URL: expected .+ none is set$/u,
    );
  });
});
