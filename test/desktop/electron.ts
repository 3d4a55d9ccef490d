/** A stand-in for the parts of Electron that the desktop shell uses; it records and replays. */
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ElectronModule } from '#main/desktop/electronModule.ts';
import { appOrigin } from '#main/desktop/scheme.ts';

type Listener = (...values: unknown[]) => unknown;

export class FakeContents extends EventEmitter {
  openHandler: (() => { action: string }) | null = null;
  mainFrame = { url: `${appOrigin}/` };
  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler;
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  readonly options: { webPreferences: Record<string, unknown> };
  readonly webContents = new FakeContents();
  loaded: string[] = [];
  destroyed = false;
  focused = 0;
  constructor(options: FakeWindow['options']) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
  }
  show(): void {}
  focus(): void {
    this.focused++;
  }
  restore(): void {}
  isMinimized(): boolean {
    return true;
  }
  loadURL(address: string): Promise<void> {
    this.loaded.push(address);
    return Promise.resolve();
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
}

export interface FakeElectron {
  module: ElectronModule;
  app: EventEmitter & { quits: number; exits: number[]; locked: boolean };
  ipc: { listeners: Map<string, Listener>; handlers: Map<string, Listener> };
  schemes: { scheme: string; privileges: Record<string, boolean> }[];
  /** What `protocol.handle` was given. */
  fetch(address: string, method?: string): Promise<Response>;
  permission(name: string): { asked: boolean; checked: boolean };
  dialogs: { open: string[]; save: string; button: number; shown: string[] };
}

export function fakeElectron(): FakeElectron {
  FakeWindow.all = [];
  const app = Object.assign(new EventEmitter(), {
    quits: 0,
    exits: [] as number[],
    locked: true,
    isPackaged: false,
    requestSingleInstanceLock: () => app.locked,
    whenReady: () => Promise.resolve(),
    quit: () => {
      app.quits++;
    },
    exit: (code: number) => {
      app.exits.push(code);
    },
  });
  const ipc = { listeners: new Map<string, Listener>(), handlers: new Map<string, Listener>() };
  const schemes: FakeElectron['schemes'] = [];
  const dialogs = { open: [] as string[], save: '', button: 0, shown: [] as string[] };
  let handle: (request: Request) => Promise<Response> = () => Promise.reject(new Error('No scheme.'));
  let request: (contents: unknown, permission: string, answer: (yes: boolean) => void) => void = () => {};
  let check: (contents: unknown, permission: string) => boolean = () => true;
  const module = {
    app,
    BrowserWindow: FakeWindow,
    ipcMain: {
      on: (channel: string, listener: Listener) => ipc.listeners.set(channel, listener),
      handle: (channel: string, listener: Listener) => ipc.handlers.set(channel, listener),
    },
    protocol: {
      registerSchemesAsPrivileged: (given: FakeElectron['schemes']) => schemes.push(...given),
      handle: (_scheme: string, handler: typeof handle) => {
        handle = handler;
      },
    },
    net: {
      fetch: async (address: string) => new Response(await readFile(fileURLToPath(address))),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: typeof request) => {
          request = handler;
        },
        setPermissionCheckHandler: (handler: typeof check) => {
          check = handler;
        },
        setDevicePermissionHandler: () => {},
      },
    },
    dialog: {
      showOpenDialog: async () => ({ canceled: dialogs.open.length === 0, filePaths: dialogs.open }),
      showSaveDialog: async (...values: { defaultPath?: string }[]) => {
        dialogs.shown.push(values.at(-1)?.defaultPath ?? '');
        return { canceled: dialogs.save === '', filePath: dialogs.save };
      },
      showMessageBox: async (_window: unknown, { message }: { message: string }) => {
        dialogs.shown.push(message);
        return { response: dialogs.button };
      },
    },
    utilityProcess: {},
  };
  return {
    module: module as unknown as ElectronModule,
    app,
    ipc,
    schemes,
    // A Request would normalise the address before the handler could see it.
    fetch: (url, method = 'GET') => handle({ url, method } as Request),
    permission(name) {
      let asked = false;
      request(null, name, (yes) => {
        asked = yes;
      });
      return { asked, checked: check(null, name) };
    },
    dialogs,
  };
}
