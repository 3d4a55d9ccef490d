/** The contract's client without a transport: for the command line and Electron's main process. */
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { unwrapErrors } from '#shared/contract/client-errors.ts';
import type { Contract } from '#shared/contract/index.ts';
import type { ServiceRouter } from './service.ts';

export type ContractClient = ContractRouterClient<Contract>;

/** Calls are trusted with paths unless told otherwise; every failure is a DriftcastError. */
export function createInProcessClient(router: ServiceRouter, trusted = true): ContractClient {
  return createRouterClient(router, { context: { trusted }, interceptors: [unwrapErrors] });
}
