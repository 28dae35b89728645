import type { Form } from './form.ts';

/** Each document whole, one a line. */
export const jsonLines = (): Form => ({
  opening: '',
  add: (document) => [`${JSON.stringify(document)}\n`],
  closings: () => [''],
  state: () => null,
});
