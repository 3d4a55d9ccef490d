/**
 * The client's side of errors: what a transport wrapped on the way becomes a DriftcastError again, the same
 * for calls in process, over WebSocket and over MessagePort.
 */
import { mapEventIterator, ORPCError } from '@orpc/client';
import { DriftcastError, errorDataSchema, fromErrorData, toErrorData } from '../errors.ts';

/** The DriftcastError behind anything that a call of the contract threw. */
export function driftcastErrorFrom(thrown: unknown): DriftcastError {
  if (thrown instanceof DriftcastError) return thrown;
  if (thrown instanceof ORPCError) {
    const data = errorDataSchema.safeParse(thrown.data);
    if (data.success) return fromErrorData(data.data);
    // Not from the service's own code: the request itself was not understood.
    return new DriftcastError(
      thrown.code === 'NOT_FOUND' ? 'not-found' : thrown.code === 'BAD_REQUEST' ? 'bad-input' : 'internal',
      `Driftcast did not accept the request: ${thrown.message}`,
      'Window and service may be of different versions; restart Driftcast.',
      { details: `${thrown.code}: ${thrown.message}` },
    );
  }
  return fromErrorData(toErrorData(thrown));
}

function isEventStream(output: unknown): output is AsyncIterator<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output;
}

/** An interceptor for oRPC's clients and links: every failure, also one inside an event stream, is a DriftcastError. */
export async function unwrapErrors<Output>({ next }: { next(): Promise<Output> }): Promise<Output> {
  try {
    const output = await next();
    if (!isEventStream(output)) return output;
    return mapEventIterator(output, {
      value: async (value: unknown) => value,
      error: async (thrown: unknown) => driftcastErrorFrom(thrown),
    }) as Output;
  } catch (thrown) {
    throw driftcastErrorFrom(thrown);
  }
}
