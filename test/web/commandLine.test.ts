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
      beyond: null,
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

describe('beyond this machine', () => {
  const tls = ['--tls-cert', 'c.pem', '--tls-key', 'k.pem'];

  it('the app listens when address, certificate and key are all named', () => {
    expect(readWords(['--host', '0.0.0.0', ...tls]).beyond).toEqual({
      host: '0.0.0.0',
      certificate: 'c.pem',
      key: 'k.pem',
    });
    expect(readWords(['--host', 'localhost']).beyond).toBeNull();
  });

  it.each([
    [['--host', '0.0.0.0'], /with encryption only/],
    [['--host', '10.0.0.1', '--tls-cert', 'c.pem'], /with encryption only/],
    [['--host', '::', '--tls-key', 'k.pem'], /with encryption only/],
    [tls, /needs no certificate/],
    [['--host', '127.0.0.1', ...tls], /needs no certificate/],
  ])('but not with %j', (words, sentence) => {
    expect(() => readWords(words)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(sentence) }),
    );
  });
});

describe('the browser', () => {
  it('is only opened on a desktop', () => {
    expect(browserCommand('linux', { PATH: process.env.PATH })).toBeNull();
    expect(browserCommand('linux', { DISPLAY: ':0', PATH: '' })).toBeNull();
    expect(browserCommand('darwin', {})?.command).toBe('open');
    expect(browserCommand('win32', {})?.command).toBe('cmd');
  });
});
