/** JSON as Zarr stores have it: Python's writers leave NaN and Infinity bare, which JSON does not know. */

const tokens = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** The document with such numbers as texts, the way Zarr's own metadata spell them. */
export function strictJson(text: string): string {
  return text.replace(tokens, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

/** Throws SyntaxError. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(strictJson(text));
  }
}
