/** Tells running out of memory from other failures: it can be answered with smaller batches, they can not. */

/** Whether `thrown` is how TensorFlow, a GPU or the JavaScript engine says that an allocation failed. */
export function isOutOfMemory(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof RangeError && /array buffer|array length|allocation/i.test(thrown.message))
    return true;
  return /\bOOM\b|out of memory|resource[ _]exhausted|bad_alloc|failed to allocate|allocation (?:failed|of \d+ .*exceeds)/i.test(
    thrown.message,
  );
}
