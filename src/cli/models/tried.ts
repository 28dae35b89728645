import type { ExportSource } from '../../exports/exportFiles.ts';
import type { About } from '../../exports/loadExport.ts';
import { saturation } from '../../exports/saturation.ts';
import { startExportThread } from '../../exports/thread.ts';
import type { Prediction } from '../../prediction.ts';

/** What an export says of itself, and a warning where it answers as one does that is misread. Rejects with a KeylessError. */
export async function tried(
  source: ExportSource,
  pictures: readonly Buffer[],
): Promise<{ about: About; warning: string | undefined }> {
  const loaded = await startExportThread(source);
  try {
    const answers: Prediction[][] = [];
    for (const picture of pictures) answers.push(await loaded.predict(picture));
    return { about: loaded, warning: saturation(answers) };
  } finally {
    await loaded.close();
  }
}
