import { type Check, fault, ok } from '../check.ts';

/** https://learn.microsoft.com/azure/ai-services/custom-vision-service/migration-options */
const END = Date.UTC(2028, 8, 25);
const DAY_MS = 86_400_000;

export const retirementCheck = (): Check => ({
  id: 'retirement',
  group: 'Remarks',
  title: 'The end of Custom Vision',
  run() {
    const days = Math.ceil((END - Date.now()) / DAY_MS);
    const fix = 'Exported compact models go on working:';
    const command = 'npm run keyless -- compare <model> <exported model folder> <picture>';
    if (days <= 0)
      return fault('Custom Vision ended on 25 September 2028; its calls fail.', { fix, command });
    return ok(`Custom Vision answers until 25 September 2028: ${days} days left to have another way.`, [
      `${fix} ${command}`,
    ]);
  },
});
