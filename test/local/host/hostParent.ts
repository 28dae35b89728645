import { startHost } from '../../../local/host/start.ts';

/** A process that starts a host, tells its process id, and is killed by its test. */
const { processId } = await startHost({ appDirectory: process.argv[2] ?? '', settings: {} });
process.send?.({ processId });
