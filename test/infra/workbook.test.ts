import * as v from 'valibot';
import { expect, test } from 'vitest';
import { infraFiles } from './files.ts';

/**
 * As far as used here, and strict, since the portal passes over a member that is misspelt:
 * https://github.com/microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json
 */
const WORKSPACES = v.literal('microsoft.operationalinsights/workspaces');
const LOGS = v.literal(0);
const milliseconds = v.strictObject({ durationMs: v.pipe(v.number(), v.integer(), v.minValue(60_000)) });
const markdown = v.strictObject({
  type: v.literal(1),
  name: v.string(),
  content: v.strictObject({ json: v.string() }),
});
const parameters = v.strictObject({
  type: v.literal(9),
  name: v.string(),
  content: v.strictObject({
    version: v.literal('KqlParameterItem/1.0'),
    parameters: v.array(
      v.strictObject({
        id: v.pipe(v.string(), v.uuid()),
        version: v.literal('KqlParameterItem/1.0'),
        name: v.pipe(v.string(), v.regex(/^\w+$/u)),
        label: v.string(),
        type: v.literal(4), // a time range
        isRequired: v.boolean(),
        value: milliseconds,
        typeSettings: v.strictObject({ selectableValues: v.array(milliseconds), allowCustom: v.boolean() }),
      }),
    ),
    style: v.literal('pills'),
    queryType: LOGS,
    resourceType: WORKSPACES,
  }),
});
const query = v.strictObject({
  type: v.literal(3),
  name: v.string(),
  content: v.strictObject({
    version: v.literal('KqlItem/1.0'),
    title: v.string(),
    query: v.string(),
    size: v.picklist([0, 1, 2, 3, 4]),
    timeContextFromParameter: v.string(),
    queryType: LOGS,
    resourceType: WORKSPACES,
    crossComponentResources: v.tuple([v.literal('__WORKSPACE__')]),
    visualization: v.picklist(['timechart', 'table', 'barchart', 'tiles']),
  }),
});
const workbook = v.strictObject({
  version: v.literal('Notebook/1.0'),
  items: v.array(v.variant('type', [markdown, parameters, query])),
  fallbackResourceIds: v.tuple([v.literal('__WORKSPACE__')]),
  $schema: v.pipe(v.string(), v.url()),
});

test('the workbook is one, and its queries take a time range that it asks for', () => {
  const { items } = v.parse(workbook, JSON.parse(infraFiles().get('infra/workbook.json') ?? ''));
  const asked = items.flatMap((item) =>
    item.type === 9 ? item.content.parameters.map(({ name }) => name) : [],
  );
  for (const item of items)
    if (item.type === 3) expect(asked).toContain(item.content.timeContextFromParameter);
  expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
});
