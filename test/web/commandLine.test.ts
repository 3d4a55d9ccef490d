/** The words of the browser shell's own command line, and which browser it would open. */
import { describe, expect, it } from 'vitest';
import { readWords } from '#main/web/commandLine.ts';
import { browserCommand } from '#main/web/openBrowser.ts';

describe('the words', () => {
  it('say port, workspace, files and whether to open', () => {
    expect(
      readWords(['--port', '0', '--no-open', '--workspace', 'w', '--json', '--', 'a.nc', '-b.nc']),
    ).toEqual({
      workspace: 'w',
      port: 0,
      open: false,
      json: true,
      help: false,
      files: ['a.nc', '-b.nc'],
    });
    expect(readWords([])).toMatchObject({ port: null, open: true, files: [] });
  });

  it.each([['--port', 'x'], ['--port', '70000'], ['--port', '-1'], ['--loud']])(
    '%j %j is refused',
    (...words) => {
      expect(() => readWords(words)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    },
  );
});

describe('the browser', () => {
  it('is only opened on a desktop', () => {
    expect(browserCommand('linux', { PATH: process.env.PATH })).toBeNull();
    expect(browserCommand('linux', { DISPLAY: ':0', PATH: '' })).toBeNull();
    expect(browserCommand('darwin', {})?.command).toBe('open');
    expect(browserCommand('win32', {})?.command).toBe('cmd');
  });
});
