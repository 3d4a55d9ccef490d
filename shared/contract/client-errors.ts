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
  if (thrown instanceof Error && brokenLine.test(thrown.message))
    return new DriftcastError(
      'internal',
      'The connection to Driftcast broke while it was answering.',
      'Try again; if it happens again, restart Driftcast.',
      { cause: thrown },
    );
  return fromErrorData(toErrorData(thrown));
}

/** What oRPC's transports say when their channel has closed; they have no error class for it. */
const brokenLine = /AsyncIdQueue|WebSocket is not open/;

function isEventStream(output: unknown): output is AsyncIterator<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output;
}

/** An interceptor for oRPC's clients and links: every failure, also one inside an event stream, is a DriftcastError. */
export async function unwrapErrors<Output>({
  next,
  signal,
}: {
  next(): Promise<Output>;
  signal?: AbortSignal | undefined;
}): Promise<Output> {
  // A caller who has gone gets one answer, whatever the transport makes of it.
  const unwrap = (thrown: unknown): DriftcastError =>
    signal?.aborted ? new DriftcastError('cancelled', 'The work was cancelled.') : driftcastErrorFrom(thrown);
  try {
    const output = await next();
    if (!isEventStream(output)) return output;
    return mapEventIterator(output, {
      value: async (value: unknown) => value,
      error: async (thrown: unknown) => unwrap(thrown),
    }) as Output;
  } catch (thrown) {
    throw unwrap(thrown);
  }
}
