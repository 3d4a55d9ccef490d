/** What a person calls and notes of something in the workspace. */
import { z } from 'zod';

const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^,]*$/, 'A tag has no comma.');

export const labelSchema = z.object({
  name: z.string().trim().min(1).max(120),
  /** In the order in which they were given, each once. */
  tags: z
    .array(tagSchema)
    .max(20)
    .transform((tags) => [...new Set(tags)]),
  note: z.string().trim().max(4000),
});
export type Label = z.infer<typeof labelSchema>;

/** Of every entity; absent where nobody wrote any. */
export const noted = { tags: z.array(z.string()).optional(), note: z.string().optional() };

/** Texts as a person writes tags: "baseline, paper figure". */
export function parseTags(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
}
