/** Brings a file that the user chose or dropped to the service, and answers the token under which it waits. */
import { DriftcastError, errorDataSchema, fromErrorData } from '#shared/errors.ts';
import { uploadNameHeader, uploadPath } from '#shared/shell.ts';
import { desktopBridge } from './connection.svelte.ts';

/**
 * In the desktop app the shell resolves the file where it lies; a browser has to send the bytes.
 * @param progress share sent, 0–1
 */
async function fileToken(file: File, progress: (fraction: number) => void): Promise<string> {
  const resolved = await desktopBridge()?.fileToken(file);
  return resolved ?? upload(file, progress);
}

/**
 * The same for several files, one after the other; ends between two of them when it is given up.
 * @param progress share sent of all of them, 0–1
 */
export async function fileTokens(
  files: readonly File[],
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<string[]> {
  const tokens: string[] = [];
  for (const [at, file] of files.entries()) {
    signal.throwIfAborted();
    tokens.push(await fileToken(file, (sent) => progress((at + sent) / files.length)));
  }
  return tokens;
}

/** XMLHttpRequest, because fetch cannot say how much of a body has been sent. */
function upload(file: File, progress: (fraction: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', uploadPath);
    request.setRequestHeader(uploadNameHeader, encodeURIComponent(file.name));
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener('error', () =>
      reject(
        new DriftcastError(
          'internal',
          `“${file.name}” could not be sent to Driftcast: the service did not answer.`,
          'Check that Driftcast is still running, then choose the file again.',
        ),
      ),
    );
    request.addEventListener('load', () => {
      const body = request.response as { token?: unknown; error?: unknown } | null;
      if (request.status < 300 && typeof body?.token === 'string') {
        resolve(body.token);
        return;
      }
      const parsed = errorDataSchema.safeParse(body?.error);
      reject(
        parsed.success
          ? fromErrorData(parsed.data)
          : new DriftcastError(
              'internal',
              `“${file.name}” was refused (status ${request.status}).`,
              'Choose the file again.',
            ),
      );
    });
    request.send(file);
  });
}
