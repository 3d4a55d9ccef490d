/**
 * What the page may ask of the shell around it besides the contract: the addresses that both shells answer
 * (the browser shell over HTTP, the desktop shell over app://) and the bridge that only the desktop has.
 */

/** Where the browser shell speaks the contract (WebSocket, same origin). */
export const contractPath = '/contract';

/**
 * How the page hands the desktop shell one end of a MessageChannel for the contract:
 * `window.postMessage(contractPortMessage, '*', [channel.port2])`, then `RPCLink({ port: channel.port1 })`.
 */
export const contractPortMessage = 'driftcast:contract-port';

/** POST the bytes of a file here; the answer is `{ token }` for `files.openToken`, or an `{ error }` of ErrorData. */
export const uploadPath = '/uploads';
/** Request header of an upload: the file's own name, URI-encoded. */
export const uploadNameHeader = 'x-file-name';

/** The NetCDF file of a stored forecast. */
export function forecastDownloadPath(forecast: string): string {
  return `/downloads/forecast/${encodeURIComponent(forecast)}.nc`;
}

/** The newest stored scores of a run as CSV: one row a method and lead time. */
export function scoresDownloadPath(run: string): string {
  return `/downloads/scores/${encodeURIComponent(run)}.csv`;
}

/** The report of a finished comparison, one HTML file, by its job. */
export function reportDownloadPath(job: string): string {
  return `/downloads/report/${encodeURIComponent(job)}.html`;
}

/** The part of the window's address that shows a file, by its token, on the Data place. */
export function fileHash(token: string): string {
  return `#/data?${new URLSearchParams({ file: token })}`;
}

export type DownloadAddress =
  | { kind: 'forecast'; forecast: string }
  | { kind: 'scores'; run: string }
  | { kind: 'report'; job: string };

/** The inverse of the three above; null for anything else. */
export function parseDownloadPath(path: string): DownloadAddress | null {
  const match =
    /^\/downloads\/(?:forecast\/([A-Za-z0-9][\w.-]{0,119})\.nc|scores\/([A-Za-z0-9][\w.-]{0,119})\.csv|report\/([A-Za-z0-9][\w.-]{0,119})\.html)$/.exec(
      path,
    );
  if (match?.[1] !== undefined) return { kind: 'forecast', forecast: match[1] };
  if (match?.[2] !== undefined) return { kind: 'scores', run: match[2] };
  if (match?.[3] !== undefined) return { kind: 'report', job: match[3] };
  return null;
}

/** The places on the rail. */
export const placeCommands = ['data', 'train', 'forecast', 'compare', 'library'] as const;
/** What the desktop app's menu may ask of the page: a place to go to, the guide, or the keys. */
export const windowCommands = [...placeCommands, 'guide', 'help'] as const;
export type WindowCommand = (typeof windowCommands)[number];

export function isWindowCommand(value: unknown): value is WindowCommand {
  return windowCommands.some((command) => command === value);
}

/** `window.driftcast`: there in the desktop app alone. No path ever reaches the page, only tokens do. */
export interface DesktopBridge {
  /** Token of a dropped file or folder; null for a drop that is not on disk. */
  fileToken(file: File): Promise<string | null>;
  /** The native open dialog; empty when it was dismissed. */
  chooseFiles(): Promise<string[]>;
  /** The native save dialog for one of the download addresses above; false when it was dismissed. */
  saveDownload(address: string): Promise<boolean>;
  /** Light, dark or the system's choice, for title bar, menus and dialogs. */
  setTheme(theme: 'system' | 'light' | 'dark'): Promise<void>;
  /** Calls back for commands from the menu. */
  onCommand(listener: (command: WindowCommand) => void): void;
}

/** The name under which the bridge is found on `window`. */
export const bridgeName = 'driftcast';
