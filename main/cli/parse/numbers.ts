/** Numbers given as options, refused with a sentence that names the option. */
import { DriftcastError } from '#shared/errors.ts';

/** A parser for commander: a whole number of at least `least`. */
export function wholeNumber(option: string, least = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new DriftcastError(
        'bad-input',
        `${option} ${text} is not a whole number of at least ${least}.`,
        `Give ${option} a whole number.`,
      );
    }
    return value;
  };
}

/** A parser for commander: positive numbers with commas between them. */
export function positiveNumbers(option: string): (text: string) => number[] {
  return (text) => {
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (!values.every((value) => Number.isFinite(value) && value > 0)) {
      throw new DriftcastError(
        'bad-input',
        `${option} ${text} is not a list of positive numbers.`,
        `Write for instance ${option} 0.5,1.5.`,
      );
    }
    return values;
  };
}

/** A parser for commander: one of a few words. */
export function oneOf<Word extends string>(option: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) {
      throw new DriftcastError(
        'bad-input',
        `${option} ${text} is not known.`,
        `Choose one of: ${words.join(', ')}.`,
      );
    }
    return word;
  };
}

/** A parser for commander: an option that may be given several times. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
