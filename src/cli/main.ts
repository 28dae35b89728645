import { endWhereUnwritable } from './output.ts';
import { runCommand } from './runCommand.ts';

endWhereUnwritable();
await runCommand(process.argv.slice(2));
