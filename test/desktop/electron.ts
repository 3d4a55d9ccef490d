/** A stand-in for the parts of Electron that the desktop shell uses; it records and replays. */
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { MenuItemConstructorOptions } from 'electron';
import type { ElectronModule } from '#main/desktop/parts.ts';
import { appOrigin } from '#main/desktop/scheme.ts';

type Listener = (...values: unknown[]) => unknown;

export class FakeContents extends EventEmitter {
  openHandler: (() => { action: string }) | null = null;
  mainFrame = { url: `${appOrigin}/` };
  sent: unknown[][] = [];
  reloads = 0;
  send(...words: unknown[]): void {
    this.sent.push(words);
  }
  reload(): void {
    this.reloads++;
  }
  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler;
  }
}

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  readonly options: Partial<Bounds> & { webPreferences: Record<string, unknown> };
  readonly webContents = new FakeContents();
  bounds: Bounds = { x: 10, y: 20, width: 1000, height: 700 };
  loaded: string[] = [];
  progress: number[] = [];
  destroyed = false;
  maximized = false;
  minimized = true;
  focused = 0;
  inFocus = false;
  constructor(options: FakeWindow['options']) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
  }
  show(): void {}
  focus(): void {
    this.focused++;
  }
  isFocused(): boolean {
    return this.inFocus;
  }
  restore(): void {
    this.minimized = false;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  maximize(): void {
    this.maximized = true;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  getNormalBounds(): Bounds {
    return this.bounds;
  }
  setProgressBar(fraction: number): void {
    this.progress.push(fraction);
  }
  loadURL(address: string): Promise<void> {
    this.loaded.push(address);
    return Promise.resolve();
  }
  close(): void {
    this.emit('close', { preventDefault: () => {} });
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
}

class FakeNotification extends EventEmitter {
  static shown: FakeNotification[] = [];
  static isSupported(): boolean {
    return true;
  }
  readonly words: { title: string; body: string };
  constructor(words: FakeNotification['words']) {
    super();
    this.words = words;
  }
  show(): void {
    FakeNotification.shown.push(this);
  }
}

class FakeTray extends EventEmitter {
  static all: FakeTray[] = [];
  tip = '';
  destroyed = false;
  constructor() {
    super();
    FakeTray.all.push(this);
  }
  setToolTip(tip: string): void {
    this.tip = tip;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export interface FakeElectron {
  module: ElectronModule;
  app: EventEmitter & {
    quits: number;
    exits: number[];
    locked: boolean;
    handedOver: unknown;
    isPackaged: boolean;
    sandboxed: boolean;
    recent: string[];
    folder: string;
  };
  ipc: { listeners: Map<string, Listener>; handlers: Map<string, Listener> };
  schemes: { scheme: string; privileges: Record<string, boolean> }[];
  /** What `protocol.handle` was given. */
  fetch(address: string, method?: string): Promise<Response>;
  permission(name: string): { asked: boolean; checked: boolean };
  dialogs: { open: string[]; save: string; button: number; shown: string[]; properties: string[][] };
  notifications: FakeNotification[];
  trays: FakeTray[];
  /** Power-save blockers that are held. */
  blockers: Set<number>;
  theme: { themeSource: string; shouldUseDarkColors: boolean };
  crashReporter: { options: unknown };
  /** What the file manager was asked to show. */
  shownFolders: string[];
  menu(): MenuItemConstructorOptions[];
  /** The screen's area without docks and bars. */
  workArea: Bounds;
}

/** @param folder where it keeps what a real one would keep in the user's own folders */
export function fakeElectron(folder = ''): FakeElectron {
  FakeWindow.all = [];
  FakeNotification.shown = [];
  FakeTray.all = [];
  const app = Object.assign(new EventEmitter(), {
    quits: 0,
    exits: [] as number[],
    locked: true,
    isPackaged: false,
    handedOver: undefined as unknown,
    sandboxed: false,
    recent: [] as string[],
    folder,
    getPath: (name: string) => `${app.folder}/${name}`,
    setPath: () => {},
    getVersion: () => '0.1.0',
    setAppUserModelId: () => {},
    enableSandbox: () => {
      app.sandboxed = true;
    },
    addRecentDocument: (path: string) => app.recent.push(path),
    requestSingleInstanceLock: (data: unknown) => {
      app.handedOver = data;
      return app.locked;
    },
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
  const dialogs = {
    open: [] as string[],
    save: '',
    button: 0,
    shown: [] as string[],
    properties: [] as string[][],
  };
  const blockers = new Set<number>();
  const theme = { themeSource: 'system', shouldUseDarkColors: false };
  const crashReporter = {
    options: undefined as unknown,
    start: (options: unknown) => {
      crashReporter.options = options;
    },
  };
  const shownFolders: string[] = [];
  const workArea: Bounds = { x: 0, y: 0, width: 1920, height: 1080 };
  let menu: MenuItemConstructorOptions[] = [];
  let handle: (request: Request) => Promise<Response> = () => Promise.reject(new Error('No scheme.'));
  let request: (contents: unknown, permission: string, answer: (yes: boolean) => void) => void = () => {};
  let check: (contents: unknown, permission: string) => boolean = () => true;
  const module = {
    app,
    BrowserWindow: class extends FakeWindow {
      constructor(options: FakeWindow['options']) {
        super(options);
        app.emit('web-contents-created', {}, this.webContents);
      }
    },
    Notification: FakeNotification,
    Tray: FakeTray,
    nativeTheme: theme,
    crashReporter,
    shell: { openPath: async (path: string) => shownFolders.push(path) },
    screen: { getDisplayMatching: () => ({ workArea }) },
    powerSaveBlocker: {
      start: () => {
        const id = blockers.size;
        blockers.add(id);
        return id;
      },
      stop: (id: number) => blockers.delete(id),
    },
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: MenuItemConstructorOptions[]) => {
        menu = template;
      },
    },
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
      showOpenDialog: async (...values: { properties?: string[] }[]) => {
        dialogs.properties.push(values.at(-1)?.properties ?? []);
        return { canceled: dialogs.open.length === 0, filePaths: dialogs.open };
      },
      showSaveDialog: async (...values: { defaultPath?: string }[]) => {
        dialogs.shown.push(values.at(-1)?.defaultPath ?? '');
        return { canceled: dialogs.save === '', filePath: dialogs.save };
      },
      showMessageBox: async (...values: { message?: string }[]) => {
        dialogs.shown.push(values.at(-1)?.message ?? '');
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
    notifications: FakeNotification.shown,
    trays: FakeTray.all,
    blockers,
    theme,
    crashReporter,
    shownFolders,
    menu: () => menu,
    workArea,
  };
}
