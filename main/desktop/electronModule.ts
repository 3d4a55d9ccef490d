/** What is used of Electron's main-process API, as a parameter, so that tests can put a stand-in there. */
export type ElectronModule = Pick<
  typeof import('electron'),
  'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'net' | 'protocol' | 'session' | 'utilityProcess'
>;
