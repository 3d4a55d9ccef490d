/** The border of the contract: whatever goes wrong behind it leaves as error data inside an ORPCError. */
import { ORPCError } from '@orpc/server';
import { z } from 'zod';
import { DriftcastError, type ErrorCode, type ErrorData, toErrorData } from '#shared/errors.ts';

const statusOf: Record<ErrorCode, number> = {
  'bad-input': 400,
  unauthorised: 401,
  'not-found': 404,
  conflict: 409,
  unsupported: 415,
  'damaged-file': 422,
  diverged: 422,
  cancelled: 499,
  internal: 500,
  'engine-died': 503,
  'out-of-memory': 507,
  disk: 507,
};

const issuesSchema = z.object({
  issues: z.array(
    z.object({
      message: z.string(),
      path: z.array(z.union([z.string(), z.number(), z.object({ key: z.unknown() })])).optional(),
    }),
  ),
});

/** "settings.horizon: expected number, received string" as a sentence. */
function sentenceOf(data: unknown): ErrorData | null {
  const parsed = issuesSchema.safeParse(data);
  const issue = parsed.success ? parsed.data.issues[0] : undefined;
  if (issue === undefined) return null;
  const field = (issue.path ?? [])
    .map((part) => (typeof part === 'object' ? String(part.key) : part))
    .join('.');
  return {
    code: 'bad-input',
    message:
      field === ''
        ? `The request is not as it should be: ${issue.message}.`
        : `The value of "${field}" is not accepted: ${issue.message}.`,
    hint: 'Correct it and try again.',
  };
}

/** Error data for anything thrown inside a call, oRPC's own refusals included. */
export function errorDataOf(thrown: unknown): ErrorData {
  if (!(thrown instanceof ORPCError)) return toErrorData(thrown);
  if (thrown.code === 'BAD_REQUEST') {
    const sentence = sentenceOf(thrown.data);
    if (sentence !== null) return sentence;
  }
  return toErrorData(thrown.cause ?? thrown);
}

export function asOrpcError(data: ErrorData): ORPCError<string, ErrorData> {
  return new ORPCError(data.code, { status: statusOf[data.code], message: data.message, data });
}

/** @throws DriftcastError `unauthorised` for calls from a page that only the command line and native dialogs may make. */
export function requireTrust(context: { trusted: boolean }, what: string, instead: string): void {
  if (!context.trusted)
    throw new DriftcastError('unauthorised', `A page in the browser may not ${what}.`, instead);
}
