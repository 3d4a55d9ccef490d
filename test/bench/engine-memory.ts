/** Resident memory of the engine's processes, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Bytes of the engine of a lane, which is a child of this process: now (VmRSS), or at most so far (VmHWM). NaN where there
 * is no such process.
 */
export function engineMemory(lane: string, which: 'VmRSS' | 'VmHWM'): number {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`--lane=${lane}`)) continue;
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      if (status.includes(`PPid:\t${process.pid}\n`))
        return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    } catch {
      // It has ended meanwhile.
    }
  }
  return Number.NaN;
}
