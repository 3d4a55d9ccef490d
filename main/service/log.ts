/** The log: rotating files in the workspace, silent on the terminal, where the command line's own output goes. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import roll from 'pino-roll';

export interface Log {
  logger: Logger;
  /** Writes what is still in memory. */
  close(): Promise<void>;
}

/** Never fails: a workspace that can't be written still opens, without a log. */
export async function openLog(folder: string): Promise<Log> {
  try {
    await mkdir(folder, { recursive: true });
    const destination = await roll({
      file: join(folder, 'driftcast.log'),
      size: '5m',
      limit: { count: 5, removeOtherLogFiles: true },
      sync: false,
    });
    destination.on('error', () => undefined);
    const logger = pino({ base: { pid: process.pid } }, destination);
    return {
      logger,
      close: () =>
        new Promise((resolve) => {
          destination.once('close', resolve);
          destination.end();
        }),
    };
  } catch {
    return { logger: pino({ level: 'silent' }), close: async () => undefined };
  }
}
