/** pino-roll brings no types: what is used of it. */
declare module 'pino-roll' {
  import type { SonicBoom } from 'pino';

  export default function roll(options: {
    file: string;
    size?: string;
    limit?: { count: number; removeOtherLogFiles?: boolean };
    sync?: boolean;
  }): Promise<SonicBoom>;
}
