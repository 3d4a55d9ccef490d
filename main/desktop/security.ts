/** What a page may not do: leave the app, open others, use devices; and who may send to the main process. */
import type { IpcMainEvent, IpcMainInvokeEvent, Session } from 'electron';
import type { ElectronModule } from './parts.ts';
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

/** Holds for every page there will ever be, whoever makes it. Must run before Electron is ready. */
export function confinePages(app: ElectronModule['app']): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** True for the top frame of our own page alone. */
export function isOurs(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.url.startsWith(`${appOrigin}/`);
}
