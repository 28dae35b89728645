import { expect, it } from 'vitest';
import { parseBlobPath } from '../../../local/host/blobPath.ts';

it.for([
  ['images/{name}', 'a/b.jpg', { name: 'a/b.jpg' }],
  ['images/{base}.{ext}', 'a.b.jpg', { base: 'a.b', ext: 'jpg' }],
  ['images/in/orig-{name}.jpg', 'in/orig-1.jpg', { name: '1' }],
  ['images/in/orig-{name}.jpg', 'in/orig-1.JPG', undefined],
  ['images/{{{name}}}', '{a}', { name: 'a' }],
  ['images/(a)+{name}', '(a)+b', { name: 'b' }],
  ['images/fixed.jpg', 'fixed.jpg', {}],
  ['images/fixed.jpg', 'fixedXjpg', undefined],
  ['images', 'anything', {}],
] as const)('%s of %s is %o', ([path, blobName, params]) => {
  expect(parseBlobPath(path).match(blobName)).toEqual(params);
});

it.for(['{container}/{name}', 'Images/{name}', 'im/{name}', 'images/{name', 'images/{na me}'])(
  'refuses %s',
  (path) => {
    expect(() => parseBlobPath(path)).toThrow(path);
  },
);
