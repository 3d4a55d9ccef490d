/**
 * Writes resources/docs/contract.md from the contract itself, and fails when the file is another one. After a change of
 * the contract: `npx vitest run test/shared/contract-document.test.ts -u`.
 */
import { join } from 'node:path';
import { getEventIteratorSchemaDetails, isContractProcedure } from '@orpc/contract';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '#shared/contract/index.ts';
import { errorCodes } from '#shared/errors.ts';
import { root } from '../architecture/tree.ts';

type JsonSchema = {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  default?: unknown;
};

/** A type as a reader of TypeScript would write it, two levels deep; what lies deeper is in shared/domain. */
function typeOf(schema: JsonSchema, depth = 0): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((choice) => typeOf(choice, depth)))].join(' or ');
  if (schema.allOf) return schema.allOf.map((part) => typeOf(part, depth)).join(' and ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items, depth)}`;
  if (schema.properties) {
    const names = Object.entries(schema.properties);
    if (names.length === 0) return 'nothing';
    if (depth > 1) return '{ … }';
    const required = new Set(schema.required ?? []);
    return `{ ${names
      .map(([name, part]) => `${name}${required.has(name) ? '' : '?'}: ${typeOf(part, depth + 1)}`)
      .join(', ')} }`;
  }
  if (typeof schema.additionalProperties === 'object')
    return `by name: ${typeOf(schema.additionalProperties, depth)}`;
  if (schema.pattern?.startsWith('^[A-Za-z0-9]')) return 'id';
  const { minimum, maximum, maxLength } = schema;
  const from = minimum !== undefined && minimum > -1e15 ? ` from ${minimum}` : '';
  const to = maximum !== undefined && maximum < 1e15 ? ` to ${maximum}` : '';
  const most = maxLength === undefined ? '' : ` of at most ${maxLength} characters`;
  return `${[schema.type ?? 'anything'].flat().join(' or ')}${from}${to}${most}`;
}

const described = (schema: unknown, io: 'input' | 'output'): string =>
  typeOf(z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: 'any' }) as JsonSchema);

function document(): string {
  const lines = [
    '# The contract',
    '',
    'Every call between a face of Driftcast (window, browser, command line) and the service, with what goes in and what',
    'comes out. Generated from the schemas in `shared/contract/` and `shared/domain/`; a test keeps it true. A `?` marks what',
    'may be left out; types deeper than two levels are shortened to `{ … }`.',
    '',
    `Any call may fail with \`{ code, message, hint, details? }\`, whose code is one of: ${errorCodes.join(', ')}.`,
  ];
  for (const [topic, calls] of Object.entries(contract)) {
    lines.push('', `## ${topic}`);
    for (const [name, call] of Object.entries(calls)) {
      if (!isContractProcedure(call)) throw new Error(`${topic}.${name} is no call.`);
      const { inputSchema, outputSchema } = call['~orpc'];
      const events = getEventIteratorSchemaDetails(outputSchema);
      lines.push('', `### ${topic}.${name}`);
      lines.push(`- in: ${inputSchema ? `\`${described(inputSchema, 'input')}\`` : 'nothing'}`);
      lines.push(
        events
          ? `- out, one event after the other: \`${described(events.yields, 'output')}\``
          : `- out: \`${described(outputSchema, 'output')}\``,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

it('the document of the contract says what the contract says', async () => {
  await expect(document()).toMatchFileSnapshot(join(root, 'resources', 'docs', 'contract.md'));
});
