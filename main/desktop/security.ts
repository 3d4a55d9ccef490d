/** What the window may not do: leave the app, open others, use devices; and who may send to the main process. */
import type { IpcMainEvent, IpcMainInvokeEvent, Session, WebContents } from 'electron';
import { DriftcastError } from '#shared/errors.ts';
import { appOrigin } from './scheme.ts';

/** Copying text by the user's own key or button; everything else is denied. */
const allowedPermissions = new Set(['clipboard-sanitized-write']);

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(allowedPermissions.has(permission)),
  );
  session.setPermissionCheckHandler((_contents, permission) => allowedPermissions.has(permission));
  session.setDevicePermissionHandler(() => false);
}

export function refuseNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** True for the top frame of our own page alone. */
export function isOurs(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.url.startsWith(`${appOrigin}/`);
}

/** @throws `unauthorised` for any other sender. */
export function assertOurs(event: IpcMainInvokeEvent): void {
  if (!isOurs(event))
    throw new DriftcastError('unauthorised', 'Only Driftcast’s own window may ask for this.');
}
