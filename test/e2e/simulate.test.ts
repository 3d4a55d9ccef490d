/** From nothing to a dataset: a small mesh is pulled, simulated, opened and prepared, all in the window. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './app.ts';
import { seriousProblems } from './axe.ts';

const patience = { timeout: 120_000 };
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

async function fill(label: string, value: string): Promise<void> {
  await app.page.getByRole('spinbutton', { name: label, exact: true }).fill(value);
  await app.page.keyboard.press('Tab');
}

describe('a simulation in the window', () => {
  it('pulls a node with the mouse, and takes it back', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Simulate…' }).click();
    await fill('Columns', '5');
    await fill('Rows', '4');
    const node = await page.locator('[data-testid=mesh] circle[data-node="2"]').boundingBox();
    if (!node) throw new Error('The node has no place on the page.');
    const [x, y] = [node.x + node.width / 2, node.y + node.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y - 30, { steps: 3 });
    await page.mouse.up();
    expect(Number(await page.getByLabel('dx of node 2, 0').inputValue())).toBeGreaterThan(0);
    expect(Number(await page.getByLabel('dy of node 2, 0').inputValue())).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('None yet.').waitFor();
  });

  it('moves and removes an obstacle with the keys', async () => {
    const { page } = app;
    await page.getByRole('radio', { name: /Navier/ }).click();
    const first = page.getByRole('button', { name: /^Obstacle 1:/ });
    const before = Number(await page.getByLabel('Obstacle 1, x, m').inputValue());
    await first.focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText('Placed: the same in every trajectory.').waitFor();
    expect(Number(await page.getByLabel('Obstacle 1, x, m').inputValue())).toBeCloseTo(before - 0.05, 2);
    await page.getByLabel('Obstacle 1, x, m').fill('0.05');
    await page.keyboard.press('Tab');
    await page.getByText('Obstacle 1 is too close to an end of the channel.').waitFor();
    expect(await page.getByRole('button', { name: 'Simulate', exact: true }).isDisabled()).toBe(true);
    await first.focus();
    await page.keyboard.press('Delete');
    expect(await page.getByTestId('obstacle').count()).toBe(3);
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Random' }).click();
    await page.getByText('Drawn at random: another set').waitFor();
  });

  it('simulates a small mesh, whose file opens at once', async () => {
    const { page } = app;
    await page.getByRole('radio', { name: /^Spring mesh A sheet/ }).click();
    expect(await page.getByRole('spinbutton', { name: 'Columns' }).inputValue()).toBe('5');
    await fill('Output frames', '24');
    await fill('Trajectories', '4');
    await page.getByRole('button', { name: 'Simulate', exact: true }).click();
    await page.getByRole('radiogroup', { name: 'Variable' }).waitFor(patience);
    await page.locator('[data-testid=mesh-view][data-ready=true]').waitFor(patience);
    await page.getByText('frame 1 of 24').waitFor();
    for (const name of ['px', 'py', 'qx', 'qy', 'fixed_mask'])
      expect(await page.getByRole('checkbox', { name, exact: true }).isChecked(), name).toBe(true);
  });

  it('prepares all its variables together, split by trajectory', async () => {
    const { page } = app;
    await page.getByRole('radio', { name: /^qx/ }).click();
    await page.getByLabel('Trajectory shown').selectOption('3');
    await page.getByRole('spinbutton', { name: 'Horizon, steps' }).fill('4');
    await page.getByTestId('examples-train').getByText('40').waitFor(patience);
    expect(await page.getByTestId('examples-test').textContent()).toBe('20');
    await page.getByLabel('Name').fill('Small mesh');
    await page.getByRole('button', { name: 'Prepare dataset' }).click();
    await page.getByText('Ready to train').waitFor(patience);
    await page.getByLabel(/^Dataset: Small mesh/).waitFor();
    await page.getByRole('radio', { name: /Tiny/ }).waitFor();
  });

  it('never complained in the console', () => {
    expect(app.complaints).toEqual([]);
  });
});
