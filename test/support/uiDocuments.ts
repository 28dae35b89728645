import type { Listed } from './uiPage.ts';

/** Prediction documents as the app stores them, and how it lists them. */
export const failedDocument = {
  status: 'failed',
  image: { name: 'boxes/torn.jpg' },
  results: [],
  error: {
    code: 'ImageTruncated',
    title: 'The picture is cut off',
    detail: 'The JPEG ends after 1,024 bytes.',
    fix: 'Upload the whole file again; compare its size with the original.',
  },
  completedAt: '2026-03-01T10:00:00.000Z',
};
export const goodDocument = {
  status: 'succeeded',
  image: { name: 'boxes/tree 7 & #1.jpg', width: 320, height: 240 },
  results: [
    {
      model: 'fruit-boxes',
      publishedName: 'fruit-boxes',
      task: 'detect',
      threshold: 0.5,
      durationMs: 40,
      attempts: 1,
      predictions: [
        {
          tagName: 'apple',
          probability: 0.93,
          boundingBox: { left: 0.19, top: 0.2, width: 0.37, height: 0.54 },
        },
        {
          tagName: 'lemon',
          probability: 0.12,
          boundingBox: { left: 0.6, top: 0.2, width: 0.2, height: 0.3 },
        },
      ],
    },
  ],
  completedAt: '2026-03-01T10:00:00.000Z',
};
export const list: Listed[] = [
  { name: 'boxes/torn.jpg', status: 'failed', code: 'ImageTruncated', lastModified: '2026-03-01T10:00:00Z' },
  { name: 'boxes/tree 7 & #1.jpg', status: 'succeeded', lastModified: '2026-03-01T10:01:00Z' },
  { name: 'fruit/apple.jpg', status: 'succeeded', lastModified: '2026-03-01T10:02:00Z' },
];
export const documents = { 'boxes/torn.jpg': failedDocument, 'boxes/tree 7 & #1.jpg': goodDocument };
