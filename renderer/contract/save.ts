/** Hands over what the window itself made, a picture, a table or a video: as a download, which both shells answer. */

import { desktopBridge } from './connection.svelte.ts';

/** A name that every file system takes. */
export function fileName(title: string, ending: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^\w.+-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .toLowerCase();
  return `${plain.slice(0, 80) || 'driftcast'}.${ending}`;
}

/** A file that the service has: the save dialog in the desktop app, a download in a browser. */
export async function saveDownload(address: string): Promise<void> {
  const bridge = desktopBridge();
  if (bridge) await bridge.saveDownload(address);
  else follow(address, '');
}

export function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  follow(address, name);
  // The download begins after this turn; until then the address has to answer.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function follow(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** @throws when the browser can't encode, which only a canvas beyond its limits makes happen */
export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large to be saved.'))),
      'image/png',
    ),
  );
}
