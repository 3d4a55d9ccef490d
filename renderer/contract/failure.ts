/** Turns whatever a call threw into the one shape that the window shows: a sentence, a hint, details to copy. */
import { ORPCError } from '@orpc/client';
import { type ErrorData, errorDataSchema, toErrorData } from '#shared/errors.ts';

const lineBroken = /WebSocket is not open|closed|aborted/i;

export function failureOf(thrown: unknown): ErrorData {
  if (thrown instanceof ORPCError) {
    const parsed = errorDataSchema.safeParse(thrown.data);
    if (parsed.success) return parsed.data;
    return {
      code: 'internal',
      message: thrown.message,
      hint: '',
      details: `${thrown.code}: ${JSON.stringify(thrown.data ?? null)}`,
    };
  }
  if (thrown instanceof Error && lineBroken.test(thrown.message) && thrown.name !== 'DriftcastError') {
    return {
      code: 'internal',
      message: 'The line to Driftcast’s service broke while it was answering.',
      hint: 'It is being opened again; then try once more.',
      details: thrown.stack ?? thrown.message,
    };
  }
  return toErrorData(thrown);
}
