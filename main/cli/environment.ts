/**
 * Everything the command line touches outside itself, in one object, so that tests can stand in for the
 * terminal, the signals and the service.
 */
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#shared/contract/index.ts';

export type Client = ContractRouterClient<Contract>;

export interface OpenedService {
  client: Client;
  /** Ends the engine processes and releases the workspace. */
  close(): Promise<void>;
}

export interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface ServeOptions {
  workspace: string | null;
  port: number | null;
  /** Beyond this machine: the address to listen at, and PEM files of a certificate and its key. */
  host: string | null;
  tlsCert: string | null;
  tlsKey: string | null;
  open: boolean;
  json: boolean;
  files: string[];
}

export interface Environment {
  stdout: Stream;
  stderr: Stream;
  /** The folder that relative paths count from. */
  folder: string;
  /** Starts the service on a workspace folder; null: the user's default one. */
  openService(workspace: string | null): Promise<OpenedService>;
  /** Runs the browser shell until it ends; the exit code. */
  serve(options: ServeOptions): Promise<number>;
  /** Calls back on Ctrl-C and on a polite request to end; the answer takes the listener away again. */
  onInterrupt(listener: () => void): () => void;
  /** Milliseconds, for progress and time left. */
  now(): number;
}
