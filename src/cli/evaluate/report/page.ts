import type { Report } from './report.ts';
export const reportPage = async (_: Report): Promise<string> => '';
