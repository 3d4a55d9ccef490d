/** Which file of the built window a path names: never one outside of its folder. */
import { isAbsolute, relative, resolve } from 'node:path';

/** The file inside the folder that a path names; null for whatever would lie outside or is no plain path. */
export function pageFile(folder: string, pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // Backslashes and colons are separators and drives on Windows and in no name of ours anywhere.
  if (['\0', '\\', ':'].some((sign) => path.includes(sign))) return null;
  const file = resolve(folder, `.${path.endsWith('/') ? `${path}index.html` : path}`);
  const inside = relative(folder, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : file;
}
