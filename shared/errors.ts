/**
 * One kind of error for the whole application: a code that programs can test, a sentence that a person can
 * read, and a hint that says what to do. Errors cross every border (engine process, transports, command
 * line) as data in this shape, never as a bare exception.
 */
import { z } from 'zod';

export const errorCodes = [
  'bad-input',
  'not-found',
  'unsupported',
  'damaged-file',
  'conflict',
  'cancelled',
  'engine-died',
  'out-of-memory',
  'disk',
  'diverged',
  'unauthorised',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export const errorDataSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string(),
  details: z.string().optional(),
});

export type ErrorData = z.infer<typeof errorDataSchema>;

/** An error whose message is a whole sentence for the person at the screen. */
export class DriftcastError extends Error {
  override readonly name = 'DriftcastError';
  readonly code: ErrorCode;
  readonly hint: string;
  /** For the log and the "copy details" button only: a stack or the text of a library's own error. */
  readonly details: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    hint = '',
    options: { details?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = hint;
    this.details = options.details;
  }
}

/** Turns anything that was thrown into error data; what is not ours keeps its stack in `details` alone. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof DriftcastError) {
    const cause = thrown.cause instanceof Error ? thrown.cause.stack : undefined;
    const details = thrown.details ?? cause;
    return { code: thrown.code, message: thrown.message, hint: thrown.hint, ...(details ? { details } : {}) };
  }
  const parsed = errorDataSchema.safeParse(thrown);
  if (parsed.success) return parsed.data;
  if (thrown instanceof Error) {
    if (thrown.name === 'AbortError')
      return { code: 'cancelled', message: 'The work was cancelled.', hint: '' };
    return {
      code: 'internal',
      message: `Something went wrong inside Driftcast: ${thrown.message}`,
      hint: 'Try again; if it happens again, copy the details and report them.',
      details: thrown.stack ?? thrown.message,
    };
  }
  return {
    code: 'internal',
    message: 'Something went wrong inside Driftcast.',
    hint: '',
    details: String(thrown),
  };
}

/** The inverse of {@link toErrorData}, for the far side of a border. */
export function fromErrorData(data: ErrorData): DriftcastError {
  return new DriftcastError(
    data.code,
    data.message,
    data.hint,
    data.details === undefined ? {} : { details: data.details },
  );
}

/** Closes a union: the compiler complains when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}`);
}
