import { describe, expect, it } from 'vitest';
import { roomCycles, rules, violations } from './rules.ts';
import { sourceTree } from './tree.ts';

/** For each rule, files whose import breaks it. The quotes are put together so that this file itself is clean. */
const planted: Record<string, [file: string, specifier: string][]> = {
  'shared imports nothing from Node, Electron, tfjs or any other room': [
    ['shared/planted.ts', 'node:fs'],
    ['shared/planted.ts', 'path'],
    ['shared/domain/planted.ts', '@tensorflow/tfjs'],
    ['shared/planted.ts', '#main/data/read.ts'],
    ['shared/planted.ts', '../renderer/state/app.svelte.ts'],
  ],
  'renderer imports shared alone': [
    ['renderer/Planted.svelte', '#main/service/service.ts'],
    ['renderer/state/planted.svelte.ts', '../../main/data/read.ts'],
    ['renderer/planted.ts', 'node:fs/promises'],
  ],
  'only main/desktop imports electron': [
    ['main/web/planted.ts', 'electron'],
    ['main/service/planted.ts', 'electron/main'],
    ['renderer/Planted.svelte', 'electron'],
  ],
  'only main/engine imports tfjs': [
    ['main/service/planted.ts', '@tensorflow/tfjs-node-gpu'],
    ['main/data/planted.ts', '@tensorflow/tfjs'],
  ],
  'the compute rooms of the engine use no Node built-ins and no tfjs that needs Node': [
    ['main/engine/baselines/planted.ts', '@tensorflow/tfjs-node-gpu'],
    ['main/engine/networks/planted.ts', 'node:crypto'],
    ['main/engine/training/planted.ts', 'fs'],
  ],
  'the compute rooms of the engine read no files': [
    ['main/engine/verification/planted.ts', '#main/data/read.ts'],
    ['main/engine/simulators/planted.ts', 'h5wasm/node'],
  ],
  'main/engine imports neither the service, a shell nor a transport': [
    ['main/engine/planted.ts', '#main/service/jobs.ts'],
    ['main/engine/host/planted.ts', 'ws'],
    ['main/engine/planted.ts', '@orpc/server'],
  ],
  'main/data imports neither the engine, the service, a shell nor a transport': [
    ['main/data/planted.ts', '../service/service.ts'],
    ['main/data/planted.ts', '#main/engine/protocol.ts'],
    ['main/data/planted.ts', 'node:http'],
  ],
  'main/workspace imports nothing from the rooms that use it': [
    ['main/workspace/planted.ts', '../cli/program.ts'],
  ],
  'main/service imports the engine only through its protocol and its host': [
    ['main/service/planted.ts', '#main/engine/training/loop.ts'],
    ['main/service/planted.ts', '../engine/process.ts'],
  ],
  'main/service imports no shell': [['main/service/planted.ts', '#main/web/server.ts']],
  'the shells do not import each other': [
    ['main/cli/planted.ts', '../web/server.ts'],
    ['main/desktop/planted.ts', '#main/cli/program.ts'],
  ],
  'main/setup uses Node built-ins alone': [
    ['main/setup/planted.mjs', 'zod'],
    ['main/setup/planted.mjs', '../service/service.ts'],
  ],
  'nothing imports main/setup or a test': [
    ['main/service/planted.ts', '../setup/paths.mjs'],
    ['main/cli/planted.ts', '../../test/shared-folder.ts'],
  ],
};

const forms = [
  (specifier: string) => `import { thing } from '${specifier}';`,
  (specifier: string) => `import type { Thing } from '${specifier}';`,
  (specifier: string) => `export * from '${specifier}';`,
  (specifier: string) => `const thing = await import('${specifier}');`,
];

const asFile = (file: string, text: string): string =>
  file.endsWith('.svelte') ? `<script lang="ts">\n${text}\n</script>\n<p>planted</p>` : text;

describe('import rules', () => {
  it('hold in the whole tree', () => {
    expect(violations(sourceTree())).toEqual([]);
  });

  it('have a planted example each', () => {
    expect(Object.keys(planted).sort()).toEqual(rules.map((rule) => rule.name).sort());
  });

  describe.each(Object.entries(planted))('%s', (rule, examples) => {
    it.each(examples)('refuses %s importing %s, however it is written', (file, specifier) => {
      for (const form of forms) {
        const found = violations(new Map([[file, asFile(file, form(specifier))]]));
        expect(found).toContainEqual({ rule, file, imported: specifier });
      }
    });
  });

  it('accept what the architecture allows', () => {
    const allowed = new Map([
      ['shared/a.ts', "import { z } from 'zod'; import { b } from './b.ts';"],
      [
        'renderer/A.svelte',
        asFile('renderer/A.svelte', "import { a } from '#shared/a.ts'; import * as three from 'three';"),
      ],
      [
        'main/service/a.ts',
        "import type { P } from '#main/engine/protocol.ts'; import { s } from '#main/engine/host/supervisor.ts';",
      ],
      [
        'main/engine/networks/a.ts',
        "import * as tf from '@tensorflow/tfjs-core'; import { r } from '../runtime/backend.ts';",
      ],
      ['main/desktop/a.ts', "import { app } from 'electron'; import { s } from '#main/service/service.ts';"],
      ['main/setup/a.mjs', "import { join } from 'node:path'; import { b } from './b.mjs';"],
    ]);
    expect(violations(allowed)).toEqual([]);
  });
});

describe('rooms', () => {
  it('do not import each other in circles', () => {
    expect(roomCycles(sourceTree())).toEqual([]);
  });

  it('are found out when they do', () => {
    const circle = new Map([
      ['main/engine/networks/a.ts', "import { b } from '../training/b.ts';"],
      ['main/engine/training/b.ts', "import { c } from '../verification/c.ts';"],
      ['main/engine/verification/c.ts', "import { a } from '../networks/a.ts';"],
    ]);
    expect(roomCycles(circle)).toEqual([
      'main/engine/networks → main/engine/training → main/engine/verification → main/engine/networks',
    ]);
  });
});
