import { describe, expect, it } from 'vitest';
import { runApp } from './apps.ts';

const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
const blob = (options: string) => `app.storageBlob('image', { handler() {}, ${options} });`;
const http = (name: string, options: string) => `app.http('${name}', { handler() {}, ${options} });`;

describe('what the real host refuses', () => {
  const refusals: [title: string, source: string, message: RegExp][] = [
    [
      'a route that begins with admin',
      http('a', "route: 'administration'"),
      /route "administration" conflicts/,
    ],
    ['a route that begins with runtime', http('a', "route: '/runtime/x'"), /route "runtime\/x" conflicts/],
    [
      'two functions with one route and method',
      `${http('a', "route: 'x', methods: ['GET', 'POST']")} ${http('b', "route: 'X', methods: ['POST']")}`,
      /Functions a and b both have the route POST X/,
    ],
    [
      'a binding name with other than letters and digits',
      "app.generic('a', { handler() {}, trigger: { type: 'httpTrigger', name: 'my_request' } });",
      /binding name "my_request" is invalid/,
    ],
    [
      'two functions of one name',
      `${http('a', '')} ${http('a', '')}`,
      /A function "a" is already registered/,
    ],
    [
      'a blob trigger path without a container name',
      blob("connection: 'AzureWebJobsStorage', path: '{container}/{name}'"),
      /"\{container\}\/\{name\}" begins with no container name/,
    ],
    [
      'a path whose setting is missing',
      blob("connection: 'AzureWebJobsStorage', path: '%NOWHERE%/{name}'"),
      /needs the setting NOWHERE, which is missing/,
    ],
    [
      'a connection without a setting',
      blob("connection: 'ImageStorage', path: 'images/{name}'"),
      /"ImageStorage", needed by function image: it has no setting; set ImageStorage \(a connection string\), or ImageStorage__blobServiceUri and ImageStorage__queueServiceUri/,
    ],
    [
      'an identity-based connection without a queue service',
      blob("connection: 'HalfStorage', path: 'images/{name}'"),
      /"HalfStorage", needed by function image: the setting HalfStorage__queueServiceUri is missing/,
    ],
    [
      'an unknown source of a blob trigger',
      blob("connection: 'AzureWebJobsStorage', path: 'images/{name}', source: 'Logs'"),
      /unknown blob trigger source "Logs"/,
    ],
    [
      'a schedule it cannot read',
      "app.timer('t', { handler() {}, schedule: '0 61 * * * *' });",
      /cannot read the minute "61"/,
    ],
  ];
  it.for(refusals)('refuses %s', async ([, source, message]) => {
    const settings = { ...storage, HalfStorage__blobServiceUri: 'https://127.0.0.1:1/account' };
    await expect(runApp({ source, settings })).rejects.toThrow(message);
  });
});

describe('what this host does not do', () => {
  const refusals: [title: string, source: string, message: RegExp][] = [
    [
      'HTTP streaming',
      `app.setup({ enableHttpStream: true }); ${http('a', '')}`,
      /does not do HTTP streaming/,
    ],
    [
      'other triggers',
      "app.cosmosDB('a', { handler() {}, connection: 'C', databaseName: 'd', containerName: 'c' });",
      /unknown binding type "cosmosDBTrigger"/,
    ],
    [
      'inputs and outputs',
      http('a', "extraOutputs: [output.storageBlob({ path: 'x/y', connection: 'C' })]"),
      /unknown binding type "blob" \(out\)/,
    ],
    [
      'SDK type bindings',
      blob("connection: 'AzureWebJobsStorage', path: 'images/{name}', sdkBinding: true"),
      /does not do sdkBinding/,
    ],
    [
      'exotic route constraints',
      http('a', "route: 'x/{id:datetime}'"),
      /unknown route constraint "datetime"/,
    ],
  ];
  it.for(refusals)('refuses %s clearly', async ([, source, message]) => {
    await expect(runApp({ source, settings: storage })).rejects.toThrow(message);
  });
});

describe('loading', () => {
  it('fails when main matches no file', async () => {
    await expect(runApp({ main: 'dist/*.cjs' })).rejects.toThrow(/No file matches "main": "dist\/\*\.cjs"/);
  });

  it('fails when nothing was registered', async () => {
    await expect(runApp({ source: '' })).rejects.toThrow(/app\.cjs registered no function/);
  });

  it('fails when the entry point throws, and says what', async () => {
    const source = "throw new Error('no such setting');";
    await expect(runApp({ source })).rejects.toThrow(/entry point app\.cjs threw .*: no such setting/);
  });

  it('fails with what the process said when it exits while loading', async () => {
    const source = "console.error('cannot go on'); process.exit(7);";
    await expect(runApp({ source })).rejects.toThrow(/exit code 7[\s\S]*cannot go on/);
  });

  it('fails when host.json holds a value of the wrong kind', async () => {
    const hostJson = { extensions: { blobs: { poisonBlobThreshold: 0 } } };
    await expect(runApp({ fixture: 'web.cjs', hostJson })).rejects.toThrow(
      /extensions\.blobs\.poisonBlobThreshold/,
    );
  });

  it('rejects a hook there is none of with the RangeError that the library waits for', async () => {
    const source = `
      try { require('@azure/functions-core').registerHook('sleep', () => {}); }
      catch (error) { app.http('caught', { handler: () => ({ jsonBody: [error.name, error.isAzureFunctionsSystemError] }) }); }`;
    const { url } = await runApp({ source });
    expect(await (await fetch(`${url}/api/caught`)).json()).toEqual(['RangeError', true]);
  });

  it('loads ES modules and runs all five hooks around a function', async () => {
    const host = await runApp({ fixture: 'hooks.mjs', main: '*.mjs' });
    expect(host.functions).toEqual(['hooked']);
    const answer = await fetch(`${host.url}/api/hooked`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual(['appStart', 'preInvocation', 'postInvocation']);
    const own = host.logs.find((entry) => entry.category === 'user');
    expect(own).toMatchObject({ level: 'warning', message: 'the *** is replaced', functionName: 'hooked' });
    expect(own?.invocationId).toMatch(/^[0-9a-f-]{36}$/);
  });
});
