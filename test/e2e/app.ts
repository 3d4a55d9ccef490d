/** Starts the built app and a real browser for a test, and ends both. What the page complains of is collected. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '#main/setup/browser.mjs';

const root = join(import.meta.dirname, '..', '..');

/**
 * Graphics run in software, the same on every machine: WebGL in SwiftShader, the page itself without it, as Chrome
 * chooses where there is no graphics hardware (and several times as fast as all of it in SwiftShader).
 */
const browserFlags = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--disable-gpu-compositing',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface TestApp {
  /** The address with its token, as it is printed. */
  readonly url: string;
  readonly page: Page;
  /** A folder for the test's own files. */
  readonly folder: string;
  /** Errors in the page's console, uncaught exceptions and policy violations, as they came. */
  readonly complaints: string[];
  /** The colour on the screen, red, green, blue. */
  pixel(x: number, y: number): Promise<[number, number, number]>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** More words for the program that serves the app. */
  words?: string[];
  /** More flags for the browser. */
  flags?: string[];
  /** What the browser opens instead of the printed address. */
  address?: (printed: URL) => string;
  /** What is done to the page before it opens anything. */
  beforeOpening?: (page: Page) => Promise<void>;
}

/** Builds what has changed, serves it from a fresh workspace on a free port, and opens it at 1440 × 900. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  await promisify(execFile)(process.execPath, [join(root, 'main/setup/build.mjs'), '--if-changed'], {
    cwd: root,
  });
  const executablePath = findBrowser();
  if (executablePath === null)
    throw new Error('No Chrome or Chromium was found; install one or set CHROME_PATH.');
  const folder = await mkdtemp(join(tmpdir(), 'driftcast-e2e-'));
  const server = spawn(
    process.execPath,
    [
      join(root, '.build/main/web.js'),
      ...['--no-open', '--json', '--workspace', join(folder, 'workspace')],
      ...(options.words ?? []),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const printed = await printedAddress(server);
  const url = options.address?.(new URL(printed)) ?? printed;
  const browser = await chromium.launch({
    executablePath,
    args: [...browserFlags, ...(options.flags ?? [])],
  });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = collectComplaints(page);
  const decoder = await decoderPage(browser);
  await options.beforeOpening?.(page);
  await page.goto(url);
  await page.locator('[data-line=open]').waitFor();
  return {
    url,
    page,
    folder,
    complaints,
    async pixel(x, y) {
      const clip = { x: Math.round(x), y: Math.round(y), width: 1, height: 1 };
      return decoder.decode(await page.screenshot({ clip }));
    },
    async close() {
      await browser.close();
      await ended(server);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function printedAddress(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('The server has no output.');
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.startsWith('{')) continue;
    server.stdout.resume();
    return (JSON.parse(line) as { url: string }).url;
  }
  throw new Error('The server ended before it said its address.');
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => server.kill('SIGKILL'), 20_000);
    server.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    server.kill('SIGTERM');
  });
}

function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  return complaints;
}

/** Reads a picture of one pixel in a page of its own, which has no policy that forbids it. */
async function decoderPage(browser: Browser) {
  const context: BrowserContext = await browser.newContext();
  const page = await context.newPage();
  return {
    async decode(png: Buffer): Promise<[number, number, number]> {
      return page.evaluate(async (data) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = 1;
        canvas.height = 1;
        const context = canvas.getContext('2d');
        context?.drawImage(image, 0, 0);
        const [red = 0, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
        return [red, green, blue] as [number, number, number];
      }, png.toString('base64'));
    },
  };
}

/** Waits until so many maps show a field. */
export async function readyMaps(page: Page, count: number, patience: { timeout: number }): Promise<void> {
  await page
    .locator('[data-testid=map][data-ready=true]')
    .nth(count - 1)
    .waitFor(patience);
}

/** Presses Tab until the focused element's accessible name fits; the way a keyboard gets there. */
export async function tabTo(page: Page, name: RegExp, most = 80): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = element?.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null;
      return [
        element?.getAttribute('aria-label'),
        label,
        element?.closest('label')?.textContent,
        element?.matches('button, a, [role="tab"], summary') ? element.textContent : null,
      ]
        .filter(Boolean)
        .join(' | ')
        .trim();
    });
    if (name.test(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The Tab key did not reach ${name}.`);
}
