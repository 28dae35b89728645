import { readFileSync } from 'node:fs';

/**
 * Resident memory of a process in MB, now (VmRSS) or at its highest (VmHWM); undefined where the system does not tell:
 * https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
export function residentMemory(processId: number, which: 'VmRSS' | 'VmHWM'): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  const kilobytes = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'mu').exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
