/** What the desktop shell is made of, as parameters, so that tests can put stand-ins there. */
import type { Router } from '@orpc/server';
import type { BrowserWindow } from 'electron';
import type { CallContext } from '#main/service/core.ts';
import type { Service } from '#main/service/service.ts';

/** Electron's main-process API. */
export type ElectronModule = typeof import('electron');

/** The window, as long as there is one. */
export type Shown = () => BrowserWindow | null;

/** What is needed of the service. */
export interface DesktopService
  extends Pick<
    Service,
    'client' | 'resolveField' | 'tokenForPath' | 'saveDownload' | 'downloadName' | 'close'
  > {
  // biome-ignore lint/suspicious/noExplicitAny: the router's own type parameter, whatever the contract is
  router: Router<any, CallContext>;
}
