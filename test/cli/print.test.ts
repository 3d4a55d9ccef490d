/** What people read: tables, numbers and progress. */
import { describe, expect, it } from 'vitest';
import { bytes, duration, number, score } from '#main/cli/print/format.ts';
import { Progress } from '#main/cli/print/progress.ts';
import { table } from '#main/cli/print/table.ts';
import { scoresCsv } from '#main/service/scoresCsv.ts';
import { scores } from './samples.ts';
import { terminal } from './terminal.ts';

describe('numbers', () => {
  it('are short, and a dash when absent', () => {
    expect([number(0), number(18.25), number(-1.8), number(1e-7), number(null), number(Number.NaN)]).toEqual([
      ...['0', '18.25', '-1.8', '1.000e-7', '–', '–'],
    ]);
    expect([score(0.25), score(null), score(0)]).toEqual(['0.2500', '–', '0.0000']);
    expect([duration(0.2), duration(59.6), duration(200), duration(7500)]).toEqual([
      ...['< 1 s', '1 min 0 s', '3 min 20 s', '2 h 5 min'],
    ]);
    expect([bytes(999), bytes(1500), bytes(2.5e9)]).toEqual(['999 bytes', '1.50 kB', '2.50 GB']);
  });
});

describe('a table', () => {
  it('lines up text to the left and numbers to the right', () => {
    const text = table(
      [
        { name: 'a', count: 5 },
        { name: 'longer', count: 1200 },
      ],
      [
        { title: 'name', value: (row) => row.name },
        { title: 'count', value: (row) => String(row.count), right: true },
      ],
    );
    expect(text).toBe('name    count\na           5\nlonger   1200');
  });
});

describe('progress', () => {
  const step = (fraction: number) => ({ fraction, message: 'reading', secondsLeft: 65 });

  it('redraws one line on a terminal and takes it away', () => {
    let text = '';
    let time = 0;
    const stream = { write: (piece: string) => (text += piece), isTTY: true, columns: 60 };
    const progress = new Progress(stream, () => (time += 1000));
    progress.show(step(0.5));
    expect(text).toContain('50 %  reading');
    expect(text).not.toContain('\n');
    progress.clear();
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('writes about ten lines into a log', () => {
    let text = '';
    const progress = new Progress({ write: (piece) => (text += piece) }, () => 0);
    for (let percent = 0; percent <= 100; percent++) progress.show(step(percent / 100));
    const lines = text.trim().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThan(13);
    expect(lines[0]).toContain('1 min 5 s left');
  });
});

describe('what people see', () => {
  it('has units beside every score', async () => {
    const t = terminal();
    expect(await t.run('evaluate', '--run', 'first')).toBe(0);
    expect(t.out()).toContain('fair CRPS (degC)');
    expect(t.out()).toContain('MSE (degC²)');
    expect(t.out()).toMatch(/DYffusion +3 +0\.2500 +0\.9000 +0\.1600 +0\.4000/);
    const paper = terminal();
    await paper.run('evaluate', '--run', 'first', '--paper');
    expect(paper.out()).toMatch(/DYffusion +3 +0\.2600 +0\.8500 +0\.1600/);
  });

  it('names units and calendar in inspect', async () => {
    const t = terminal();
    await t.run('inspect', 'sst.nc');
    expect(t.out()).toMatch(/sst +time 100 × lat 4 × lon 6 +degC +-1\.8 +18\.25 +31\.2 +25 %/);
    expect(t.out()).toContain('standard');
  });
});

describe('scores as CSV', () => {
  it('has one row a method and lead, and one for all leads', () => {
    const lines = scoresCsv(scores().methods).trim().split('\n');
    expect(lines).toHaveLength(1 + 2 * 3);
    expect(lines[1]).toBe('dyffusion,overall,3,2,degC,0.25,0.9,0.16,0.4,0.26,0.85,0.16');
    expect(lines[3]).toBe('dyffusion,2.5,3,2,degC,0.25,,0.16,0.4,0.26,0.85,0.16');
  });
});
