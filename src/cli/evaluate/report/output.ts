import { writeFile } from 'node:fs/promises';
import { UsageError } from '../../faults.ts';
import { plain } from '../../table.ts';
import type { EvaluateOptions } from '../evaluate.ts';
import { reportCsv, reportJson } from './machines.ts';
import type { Report } from './report.ts';
import { reportText } from './text.ts';

/** Prints the report, tells what failed, and writes the page where one is asked for. */
export async function put(report: Report, { html, json, csv }: EvaluateOptions): Promise<void> {
  if (report.pictures > 0) {
    if (json) console.log(reportJson(report));
    else if (csv) process.stdout.write(reportCsv(report));
    else console.log(reportText(report));
  }
  for (const { name, model, error } of report.failures) {
    console.error(
      `${plain(name)}: ${plain(model)}: ${error.code}: ${plain(error.message)}\nFix: ${error.fix}`,
    );
  }
  if (html === undefined || report.pictures === 0) return;
  const { reportPage } = await import('./page.ts');
  try {
    await writeFile(html, await reportPage(report));
  } catch (cause) {
    const error = new UsageError(`--html: ${html} cannot be written (${(cause as Error).message}).`);
    error.cause = cause;
    throw error;
  }
  console.error(`The page is in ${plain(html)}.`);
}
