/** A file as text: esbuild goes by the import attribute, vitest by the query. */
declare module '*?raw' {
  const text: string;
  export default text;
}
