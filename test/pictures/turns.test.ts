import { expect, it } from 'vitest';
import { readInTurns } from '../../src/pictures/turns.ts';

/** Chunks that are there at once, each of which takes 5 ms. */
async function* chunks(count: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < count; index += 1) {
    const until = performance.now() + 5;
    while (performance.now() < until);
    yield Buffer.from([index]);
  }
}

it('gives others their turn while a stream is read that never waits', async () => {
  let turns = 0;
  const others = () => {
    turns += 1;
    next = setImmediate(others);
  };
  let next = setImmediate(others);
  const bytes = await readInTurns(chunks(20), 20);
  clearImmediate(next);
  expect([...bytes]).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(turns).toBeGreaterThanOrEqual(19);
});

it('refuses more or fewer bytes than were told', async () => {
  await expect(readInTurns(chunks(3), 2)).rejects.toThrow(RangeError);
  await expect(readInTurns(chunks(3), 4)).rejects.toThrow('3 of 4 bytes');
});
