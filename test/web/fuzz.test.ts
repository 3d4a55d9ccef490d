/** Every call of the contract with every field made wrong in turn: refused at the border, or understood; never anything else. */

import { isContractProcedure } from '@orpc/contract';
import { createRouterClient, ORPCError } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '#shared/contract/index.ts';
import { fakeService } from '../cli/fakeService.ts';

const wrong: unknown[] = [
  ...[undefined, null, true, '', 0, -1, 1.5, 1e308, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
  ...['../../etc/passwd', '/etc/passwd', 'a\0b', '__proto__', 'constructor', 'x'.repeat(200_000), '𝕏\ud800'],
  ...[[], {}, [[]], { __proto__: { admin: true } }, { length: 2 ** 31 }, new Date(0), new Map()],
];

const calls = Object.entries(contract).flatMap(([topic, members]) =>
  Object.entries(members).flatMap(([name, call]) =>
    isContractProcedure(call) && call['~orpc'].inputSchema
      ? [{ topic, name, schema: call['~orpc'].inputSchema as z.ZodType }]
      : [],
  ),
);

/** The paths of all fields of an input. */
function fields(schema: z.ZodType): string[] {
  const shape = (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object })
    .properties;
  return Object.keys(shape ?? {});
}

describe('a page', () => {
  it.each(calls)('may send anything to $topic.$name', async ({ topic, name, schema }) => {
    const service = fakeService();
    const client = createRouterClient(service.router, { context: { trusted: false } }) as unknown as Record<
      string,
      Record<string, (input: unknown) => Promise<unknown>>
    >;
    const right = Object.fromEntries(fields(schema).map((field) => [field, 'a']));
    const inputs = [
      ...wrong,
      ...fields(schema).flatMap((field) => wrong.map((value) => ({ ...right, [field]: value }))),
    ];
    for (const input of inputs) {
      const accepted = (await schema.safeParseAsync(input)).success;
      const outcome = await client[topic]![name]!(input).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (accepted) continue;
      expect(outcome).toBeInstanceOf(ORPCError);
      expect((outcome as ORPCError<string, unknown>).code).toBe('BAD_REQUEST');
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((await service.client.system.doctor()).threads).toBe(2);
  });
});
