/**
 * Who may import whom, as a pure function over file texts, so that the same rules judge the tree and the
 * imports that a test plants against them. The imports themselves are found by TypeScript's own scanner,
 * type-only and dynamic ones included.
 */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/** Paths relative to the checkout, with forward slashes, and the files' texts. */
export type Tree = ReadonlyMap<string, string>;

export interface Violation {
  rule: string;
  file: string;
  imported: string;
}

interface Import {
  file: string;
  /** What is written in the file. */
  specifier: string;
  /** The file of this checkout that it means, or null for a package or a Node built-in. */
  target: string | null;
  /** The package's name, `node:…` for a built-in, or null for a file of this checkout. */
  external: string | null;
}

interface Rule {
  name: string;
  /** Whether the rule speaks about this file. */
  from: RegExp;
  forbids(imported: Import): boolean;
}

/** The rooms of the engine that could be hosted in a browser worker as they are. */
const compute = '(networks|methods|dyffusion|baselines|training|verification|simulators)';
const builtins = new Set(builtinModules);

const isNode = (imported: Import) => imported.external?.startsWith('node:') ?? false;
const isPackage = (imported: Import, name: RegExp) =>
  imported.external !== null && name.test(imported.external);
const into = (imported: Import, path: RegExp) => imported.target !== null && path.test(imported.target);
const transports = /^(ws|sirv|@orpc\/.*|node:(http|https|http2|net|tls))$/;

export const rules: readonly Rule[] = [
  {
    name: 'shared imports nothing from Node, Electron, tfjs or any other room',
    from: /^shared\//,
    forbids: (i) =>
      isNode(i) || isPackage(i, /^(electron|ws|svelte|three|@tensorflow\/.*)$/) || into(i, /^(?!shared\/)/),
  },
  {
    name: 'renderer imports shared alone',
    from: /^renderer\/(?!vite\.config)/,
    forbids: (i) => isNode(i) || into(i, /^(main|test)\//),
  },
  {
    name: 'only main/desktop imports electron',
    from: /^(?!main\/desktop\/|test\/)/,
    forbids: (i) => isPackage(i, /^electron(-.*)?$/),
  },
  {
    name: 'only main/engine imports tfjs',
    from: /^(?!main\/engine\/|test\/)/,
    forbids: (i) => isPackage(i, /^@tensorflow\//),
  },
  {
    name: 'the compute rooms of the engine use no Node built-ins and no tfjs that needs Node',
    from: new RegExp(`^main/engine/${compute}/`),
    forbids: (i) => isNode(i) || isPackage(i, /^@tensorflow\/tfjs-node/),
  },
  {
    name: 'the compute rooms of the engine read no files',
    from: new RegExp(`^main/engine/${compute}/`),
    forbids: (i) =>
      into(i, /^main\/(data|workspace)\//) || isPackage(i, /^(h5wasm|h5wasm-plugins|pino|pino-roll|ws)$/),
  },
  {
    name: 'main/engine imports neither the service, a shell nor a transport',
    from: /^main\/engine\//,
    forbids: (i) => into(i, /^main\/(service|desktop|web|cli|setup)\//) || isPackage(i, transports),
  },
  {
    name: 'main/data imports neither the engine, the service, a shell nor a transport',
    from: /^main\/data\//,
    forbids: (i) => into(i, /^main\/(engine|service|desktop|web|cli|setup)\//) || isPackage(i, transports),
  },
  {
    name: 'main/workspace imports nothing from the rooms that use it',
    from: /^main\/workspace\//,
    forbids: (i) => into(i, /^main\/(engine|service|desktop|web|cli|setup)\//),
  },
  {
    name: 'main/service imports the engine only through its protocol and its host',
    from: /^main\/service\//,
    forbids: (i) => into(i, /^main\/engine\/(?!protocol\.ts$|host\/)/),
  },
  {
    name: 'main/service imports no shell',
    from: /^main\/service\//,
    forbids: (i) => into(i, /^main\/(desktop|web|cli|setup)\//),
  },
  {
    name: 'the shells do not import each other',
    from: /^main\/(desktop|web|cli)\//,
    forbids: (i) => into(i, /^main\/(desktop|web|cli|setup)\//) && roomOf(i.target!) !== roomOf(i.file),
  },
  {
    name: 'main/setup uses Node built-ins alone',
    from: /^main\/setup\//,
    forbids: (i) => (i.external !== null && !isNode(i)) || into(i, /^(?!main\/setup\/)/),
  },
  {
    name: 'nothing imports main/setup or a test',
    from: /^(?!main\/setup\/|test\/)/,
    forbids: (i) => into(i, /^(main\/setup|test)\//),
  },
];

/** Every import in the tree that a rule forbids. */
export function violations(tree: Tree): Violation[] {
  const found: Violation[] = [];
  for (const imported of importsOf(tree)) {
    for (const rule of rules) {
      if (rule.from.test(imported.file) && rule.forbids(imported)) {
        found.push({ rule: rule.name, file: imported.file, imported: imported.specifier });
      }
    }
  }
  return found;
}

/** The rooms that import each other in a circle, each circle once, as `a → b → a`. */
export function roomCycles(tree: Tree): string[] {
  const edges = new Map<string, Set<string>>();
  for (const { file, target } of importsOf(tree)) {
    if (target === null || file.startsWith('test/')) continue;
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  const cycles = new Set<string>();
  const walk = (room: string, path: string[]): void => {
    const start = path.indexOf(room);
    if (start >= 0) {
      const circle = path.slice(start);
      const first = circle.indexOf([...circle].sort()[0]!);
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      cycles.add([...turned, turned[0]].join(' → '));
      return;
    }
    for (const next of edges.get(room) ?? []) walk(next, [...path, room]);
  };
  for (const room of edges.keys()) walk(room, []);
  return [...cycles].sort();
}

/**
 * The room a file belongs to: `shared`, `renderer`, a folder of main, or one of the engine. A file that lies
 * directly in the engine (its entry, its protocol) stands for itself.
 */
export function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] !== 'main') return parts[0]!;
  if (parts[1] === 'engine') return parts.slice(0, 3).join('/');
  return parts.slice(0, 2).join('/');
}

function importsOf(tree: Tree): Import[] {
  return [...tree].flatMap(([file, text]) =>
    scriptsOf(file, text)
      .flatMap((script) => ts.preProcessFile(script, true, true).importedFiles)
      .map(({ fileName }) => resolveImport(file, fileName)),
  );
}

/** A Svelte file's scripts; any other file is one script. */
function scriptsOf(file: string, text: string): string[] {
  if (!file.endsWith('.svelte')) return [text];
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
}

function resolveImport(file: string, specifier: string): Import {
  const inside = (target: string): Import => ({ file, specifier, target, external: null });
  if (specifier.startsWith('.')) return inside(posix.join(posix.dirname(file), specifier));
  if (specifier.startsWith('#')) return inside(specifier.slice(1));
  const bare = specifier.split('/');
  const name = specifier.startsWith('@') ? bare.slice(0, 2).join('/') : bare[0]!;
  const isBuiltin = specifier.startsWith('node:') || builtins.has(name);
  return {
    file,
    specifier,
    target: null,
    external: isBuiltin ? `node:${specifier.replace(/^node:/, '')}` : name,
  };
}
