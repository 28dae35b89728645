/** Cells as a line of RFC 4180, with its end; undefined is an empty cell. */
export const csvLine = (cells: readonly (string | number | boolean | undefined)[]): string =>
  `${cells.map((cell) => quoted(String(cell ?? ''))).join(',')}\r\n`;

const quoted = (cell: string): string => (/[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
