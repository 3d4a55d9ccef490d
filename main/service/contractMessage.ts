/**
 * What a page may send over its line to the contract, whichever shell carries it: the reader behind it would
 * stumble over anything else.
 */
import { z } from 'zod';

/** The protocol's messages: a request, an event of a stream, an abort. */
const id = z.string().min(1).max(100);
const path = z
  .string()
  .max(2000)
  .regex(/^\/[A-Za-z0-9/_-]+$/);
const messageSchema = z.union([
  z.object({
    i: id,
    t: z.literal(1).optional(),
    p: z.object({ u: path, h: z.record(z.string(), z.unknown()).optional() }),
  }),
  z.object({ i: id, t: z.literal(3), p: z.object({ e: z.string() }) }),
  z.object({ i: id, t: z.literal(4) }),
]);

/** Far above any request of the contract; fields and files never come this way. */
export const largestMessage = 1024 * 1024;

export function isContractMessage(data: unknown): data is string {
  if (typeof data !== 'string' || data.length > largestMessage) return false;
  try {
    return messageSchema.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

/** One end of a MessageChannel, as Node and Electron know it. */
interface Port {
  on(event: 'message', listener: (message: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
}

/** Stands before the reader: anything else would be an unhandled rejection in it, so it is dropped. */
export function onlyWellFormed(port: Port) {
  return {
    on(event: string, listener: (message?: { data: unknown }) => void): void {
      if (event === 'close') port.on('close', () => listener());
      else if (event === 'message')
        port.on('message', (message) => {
          if (isContractMessage(message.data)) listener(message);
        });
    },
    postMessage: (message: unknown): void => port.postMessage(message),
  };
}
