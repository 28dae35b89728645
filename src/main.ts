import { app } from '@azure/functions';
import { credential, loaded } from './functions/app.ts';
import './functions/deliverNotification.ts';
import './functions/getPrediction.ts';
import './functions/health.ts';
import './functions/listModels.ts';
import './functions/listPredictions.ts';
import './functions/openapi.ts';
import './functions/predictBlob.ts';
import './functions/predictImage.ts';
import './functions/predictQueuedBlob.ts';
import './functions/recordFailure.ts';
import './functions/recordQueuedFailure.ts';
import './functions/reconcile.ts';
import './functions/ui.ts';
import { finishInFlight } from './scoring/shutdown.ts';
import { describe } from './settings/problem.ts';
import { startTelemetry } from './telemetry/start.ts';

app.hook.appTerminate(() => finishInFlight());

// Settings are reported, never thrown: an entry point that throws makes the host find no functions at all.
app.hook.appStart(async () => {
  for (const problem of loaded.problems) process.emitWarning(describe(problem), 'KeylessVisionSettings');
  for (const notice of loaded.notices) process.emitWarning(notice, 'KeylessVisionNotice');
  const receiving = await startTelemetry(loaded.settings?.telemetry, credential);
  if (receiving) app.hook.preInvocation(receiving);
});
