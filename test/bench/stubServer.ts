/** A prediction server that does nothing but read and answer, as a process of its own: what it takes is nobody’s. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answer = JSON.stringify({
  id: '4d1ce0c4-2d5a-4d2b-9e9b-0b6d5dd0f3a1',
  project: 'b6ee1f20-3a1f-4b8f-8a6e-0a2a6c3d7f11',
  iteration: '6c1a4f5e-7d0a-4a63-9a3f-0f8f0c2b1e22',
  created: '2026-01-02T03:04:05.678Z',
  predictions: ['apple', 'lemon', 'pear', 'plum', 'quince'].map((tagName, index) => ({
    probability: 0.9 / (index + 1),
    tagId: `a7a0a2c0-0000-4000-8000-00000000000${index}`,
    tagName,
    tagType: 'Regular',
  })),
});

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
