import { readdirSync } from 'node:fs';
import { errorBook } from '../../../src/errors/errors.ts';
import { bicepFiles, type Check, type Finding } from './finding.ts';

const WORKBOOK = 'infra/workbook.json';
const folder = new URL('../../../src/functions/', import.meta.url);
const functions = readdirSync(folder).map((name) => name.replace(/\.ts$/u, ''));
const TABLES = ['AppTraces', 'AppRequests', 'AzureMetrics'];

/** Queries speak of functions and error codes that exist, of tables that are filled, and are all used. */
export const queries: Check = ({ files }) => {
  const loaded = bicepFiles(files).join('\n');
  const found: Finding[] = [];
  const texts: [string, string][] = [...files].filter(([path]) => path.endsWith('.kql'));
  for (const [path] of texts) {
    if (loaded.includes(`loadTextContent('${path.replace('infra/', '')}')`)) continue;
    found.push({ rule: 'queries', file: path, message: 'No alert loads it.' });
  }
  try {
    const { items } = JSON.parse(files.get(WORKBOOK) ?? '') as { items: { content: { query?: string } }[] };
    texts.push(
      ...items.flatMap(({ content }): [string, string][] =>
        content.query ? [[WORKBOOK, content.query]] : [],
      ),
    );
  } catch (error) {
    found.push({ rule: 'queries', file: WORKBOOK, message: `It is no JSON: ${(error as Error).message}` });
  }
  return [
    ...found,
    ...texts.flatMap(([file, text]) => faults(text).map((message) => ({ rule: 'queries', file, message }))),
  ];
};

function faults(query: string): string[] {
  const code = query.replace(/^\s*\/\/.*$/gmu, '').trim();
  const table = /^\w+/u.exec(code)?.[0] ?? '';
  const named = [...code.matchAll(/(?:OperationName|\bName) (?:in \(([^)]*)\)|== ('[^']*'))/gu)].flatMap(
    (match) => [...(match[1] ?? match[2] ?? '').matchAll(/'([^']+)'/gu)].map(([, name]) => name ?? ''),
  );
  const alternatives = /\\b\(([\w|]+)\): /u.exec(code)?.[1]?.split('|') ?? [];
  return [
    ...(TABLES.includes(table)
      ? []
      : [`${table} is none of the tables that are filled: ${TABLES.join(', ')}.`]),
    ...named.filter((name) => !functions.includes(name)).map((name) => `There is no function ${name}.`),
    ...alternatives
      .filter((name) => !Object.hasOwn(errorBook, name))
      .map((name) => `There is no error code ${name}.`),
  ];
}
