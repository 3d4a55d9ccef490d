/**
 * A random walk over whatever can be clicked, typed into, dragged or pressed, as a person without a plan would do it. The
 * choices follow a seed; what there is to choose from depends on how fast the app answers.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Locator, Page } from 'playwright-core';
import { Random } from '#shared/random.ts';
import type { TestApp } from './app.ts';
import { readInstruments, resetInstruments } from './instruments.ts';
import { untilQuiet } from './quiet.ts';

const samples = ['Surface ocean', 'Spring mesh', 'Flow around obstacles'] as const;
const patience = { timeout: 120_000 };
/** Opens a window of the system, leaves the app, or takes minutes of the processor. */
const leftAlone = /^(Train: |Resume|Choose (a )?files?|Open files?|Open a folder|Browse)|more on the web/i;
const keys = [
  ' ',
  'ArrowRight',
  'ArrowLeft',
  'Shift+ArrowRight',
  'Escape',
  'Tab',
  'Enter',
  'c',
  'r',
  'g',
  '?',
  'Control+z',
  ...['1', '2', '3', '4', '6'],
] as const;
const sizes = [
  { width: 1440, height: 900 },
  { width: 1280, height: 800 },
  { width: 1024, height: 640 },
];

/** What is held once a leg is over and the library is shown. */
export interface Rest {
  /** Of WebGL. */
  contexts: number;
  textures: number;
  buffers: number;
  /** Of the page after collecting garbage. */
  heapBytes: number;
  nodes: number;
}

export interface Walk {
  steps: number;
  /** Errors of the page, and sentences on the screen that no one wrote for a reader. */
  findings: string[];
  /** Sentences of failures that were shown, which may be right for what was typed. */
  sentences: Set<string>;
  rests: Rest[];
}

interface WalkOptions {
  seed: number;
  seconds: number;
  /** Clicks and keys between two rests. */
  legSteps: number;
  onLeg?: (walk: Walk) => void;
}

/** The app's page has to have its instruments. */
export async function walk(app: TestApp, { seed, seconds, legSteps, onLeg }: WalkOptions): Promise<Walk> {
  const { page } = app;
  const random = new Random(seed);
  const devtools = await page.context().newCDPSession(page);
  const end = performance.now() + seconds * 1000;
  const result: Walk = { steps: 0, findings: [], sentences: new Set(), rests: [] };
  const lately: string[] = [];
  page.on('dialog', (dialog) => void dialog.dismiss().catch(() => undefined));
  for (let leg = 0; performance.now() < end; leg++) {
    lately.push(`opened ${samples[leg % samples.length]}`);
    await openSample(page, samples[leg % samples.length]!).catch(async (error: unknown) => {
      throw new Error(
        `No sample could be opened after: ${lately.join(', ')}. ${await whereabouts(page)} ${String(error)}`,
      );
    });
    for (let step = 0; step < legSteps && performance.now() < end; step++) {
      lately.push(await move(page, random));
      if (lately.length > 15) lately.shift();
      result.steps += 1;
      const found = [
        ...app.complaints.splice(0).filter((complaint) => !isRefusal(complaint)),
        ...(await oddSentences(page)),
      ];
      for (const alert of await page.getByRole('alert').all()) {
        const text = await alert.textContent({ timeout: 500 }).catch(() => null);
        if (text) result.sentences.add(text.trim());
      }
      if (found.length > 0) result.findings.push(`${found.join(' | ')} — after: ${lately.join(', ')}`);
    }
    result.rests.push(await rest(page, devtools));
    onLeg?.(result);
  }
  return result;
}

async function openSample(page: Page, title: string): Promise<void> {
  await leaveDialogs(page);
  await page.setViewportSize(sizes[0]!);
  await click(page, page.getByRole('button', { name: 'Data', exact: true }));
  const another = page.getByRole('button', { name: 'Open another…' });
  const sample = page.getByRole('button', { name: `Open the sample: ${title}` });
  // What the address names may still be opening.
  await another.or(sample).first().waitFor(patience);
  if (await another.isVisible()) await click(page, another);
  await click(page, sample);
  await page.locator('[data-ready=true]').first().waitFor(patience);
  const forecast = page.getByRole('button', { name: 'Run the forecast' });
  // A click that was slow has led to the forecast already, and the button is gone.
  if (await forecast.isVisible()) await click(page, forecast).catch(() => undefined);
}

/** What a person would see, for whoever looks for the mistake. */
async function whereabouts(page: Page): Promise<string> {
  const picture = join(tmpdir(), `driftcast-walk-${Date.now()}.png`);
  await page.screenshot({ path: picture });
  const text = (await page.locator('body').textContent()) ?? '';
  return `At ${page.url()} the window says "${text.replace(/\s+/g, ' ')}" (${picture}).`;
}

/** Whatever a task that goes on behind it still says in the meantime. */
async function click(page: Page, control: Locator): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const done = await control.click({ timeout: 4000 }).then(
      () => true,
      () => false,
    );
    if (done) return;
    await leaveDialogs(page);
  }
  await control.click();
}

async function leaveDialogs(page: Page): Promise<void> {
  for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
  // A failure waits to be read, and may cover what comes next.
  for (const notice of await page.getByRole('button', { name: 'Dismiss' }).all())
    await notice.click({ timeout: 1000 }).catch(() => undefined);
}

/** One thing that a person might do; answers what it was. */
async function move(page: Page, random: Random): Promise<string> {
  const dice = random.uniform();
  if (dice < 0.15) {
    const key = keys[random.integer(keys.length)]!;
    await page.keyboard.press(key);
    return `pressed ${key}`;
  }
  if (dice < 0.17) {
    const size = sizes[random.integer(sizes.length)]!;
    await page.setViewportSize(size);
    return `made the window ${size.width} wide`;
  }
  if (dice < 0.19) {
    await page.evaluate(() => history.back());
    return 'went back';
  }
  const control = await pick(page, random);
  if (control === null) {
    await page.keyboard.press('Escape');
    return 'found nothing to click';
  }
  const { x, y, kind, name } = control;
  if (kind === 'canvas') return moveOnPicture(page, random, control);
  await page.mouse.click(x, y);
  if (kind === 'number' || kind === 'text') {
    const values =
      kind === 'number' ? ['1', '7', '-3', '', '250', '0.5', '1e9'] : ['', 'An ocean', '日本 <b>'];
    const value = values[random.integer(values.length)]!;
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Backspace');
    await page.keyboard.type(value);
    await page.keyboard.press('Enter');
    return `typed "${value}" into ${name}`;
  }
  if (kind === 'select') {
    await page.keyboard.press(random.uniform() < 0.5 ? 'ArrowDown' : 'ArrowUp');
    await page.keyboard.press('Enter');
    return `chose in ${name}`;
  }
  // A moment to look, sometimes.
  if (random.uniform() < 0.2) await page.waitForTimeout(300);
  return `clicked ${name}`;
}

async function moveOnPicture(page: Page, random: Random, { x, y, w, h }: Control): Promise<string> {
  const place = () =>
    [x + (random.uniform() - 0.5) * w * 0.8, y + (random.uniform() - 0.5) * h * 0.8] as const;
  await page.mouse.move(...place());
  const dice = random.uniform();
  if (dice < 0.3) {
    await page.mouse.wheel(0, random.uniform() < 0.5 ? 300 : -300);
    return 'turned the wheel on a picture';
  }
  await page.mouse.down();
  if (dice < 0.7) await page.mouse.move(...place(), { steps: 4 });
  await page.mouse.up();
  return dice < 0.7 ? 'dragged on a picture' : 'clicked a picture';
}

interface Control {
  x: number;
  y: number;
  w: number;
  h: number;
  kind: string;
  name: string;
}

/** One of the controls that are in view and not covered. */
async function pick(page: Page, random: Random): Promise<Control | null> {
  const controls = await page.evaluate(() => {
    const selector =
      'button, a[href^="#"], input:not([type=file]), select, textarea, summary, canvas, [role=tab], [role=radio], [role=slider], [role=menuitem], [role=row]';
    return [...document.querySelectorAll<HTMLElement>(selector)].flatMap((element) => {
      const box = element.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const top = document.elementFromPoint(x, y);
      const covered = top === null || !(element.contains(top) || top.contains(element));
      if (box.width < 2 || covered || element.matches(':disabled, [aria-disabled=true]')) return [];
      const { type } = element as HTMLInputElement;
      const kind =
        element.tagName === 'CANVAS'
          ? 'canvas'
          : element.tagName === 'SELECT'
            ? 'select'
            : type === 'number'
              ? 'number'
              : type === 'text' || type === 'search' || element.tagName === 'TEXTAREA'
                ? 'text'
                : 'button';
      const name = (element.getAttribute('aria-label') ?? element.textContent ?? element.title ?? '').trim();
      return [{ x, y, w: box.width, h: box.height, kind, name: name.slice(0, 60).replaceAll('\n', ' ') }];
    });
  });
  const open = controls.filter(({ name }) => !leftAlone.test(name));
  return open[random.integer(Math.max(1, open.length))] ?? null;
}

/** Whether the service has refused to lay a file on a grid that it does not fit, as its pane says. */
function isRefusal(complaint: string): boolean {
  return complaint.includes('status of 400') && /onto(\?|%3F)/.test(complaint);
}

/** Text on the screen that only a mistake puts there. */
async function oddSentences(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const odd =
      /\bundefined\b|\[object |\bNaN\b|is not a function|Cannot read prop|internal error|unexpected error/;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (texts.nextNode()) {
      const { nodeValue } = texts.currentNode;
      if (nodeValue !== null && odd.test(nodeValue)) found.push(nodeValue.trim());
    }
    return found;
  });
}

async function rest(page: Page, devtools: CDPSession): Promise<Rest> {
  await leaveDialogs(page);
  await page.setViewportSize(sizes[0]!);
  await click(page, page.getByRole('button', { name: 'Library', exact: true }));
  await untilQuiet(page, 1500);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const { gpu } = await readInstruments(page);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  await resetInstruments(page);
  const { contexts, textures, buffers } = gpu;
  return { contexts, textures, buffers, heapBytes: usedSize, nodes };
}
