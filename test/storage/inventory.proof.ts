import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

type Measured = { title: string; pictures: number; marked: number; grownMb: number };

describe('the inventory', () => {
  it('compares 100,000 pictures with their documents within 300 MB, whatever became of either', async () => {
    const script = fileURLToPath(new URL('inventoryMemory.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=128', script]);
    for (const { title, pictures, marked, grownMb } of JSON.parse(stdout) as Measured[]) {
      expect([title, pictures, marked]).toEqual([
        title,
        100_000,
        title === 'orphans before them' ? 0 : 100_000,
      ]);
      expect(grownMb).toBeLessThan(300);
    }
  });
});
