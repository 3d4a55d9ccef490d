/**
 * The window's line to the service: a WebSocket in a browser, a MessagePort in the desktop app. It opens the
 * line again when it breaks, so that state in the window outlives a restart of the service.
 */
import { type ClientLink, createORPCClient, DynamicLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#shared/contract/index.ts';
import { bridgeName, contractPath, contractPortMessage, type DesktopBridge } from '#shared/shell.ts';

export type ContractClient = ContractRouterClient<Contract>;
export type LineStatus = 'connecting' | 'open' | 'lost';

const firstRetryMilliseconds = 300;
const longestRetryMilliseconds = 5000;

/** The desktop shell's bridge; null in a browser. */
export function desktopBridge(): DesktopBridge | null {
  return (window as unknown as Record<string, DesktopBridge | undefined>)[bridgeName] ?? null;
}

type Link = ClientLink<Record<never, never>>;

export class Connection {
  #status = $state<LineStatus>('connecting');
  #opened = 0;
  #retry = firstRetryMilliseconds;
  #link: Promise<Link>;
  #announce: (link: Link) => void = () => {};
  readonly #reopened = new Set<() => void>();

  readonly client: ContractClient = createORPCClient(new DynamicLink(() => this.#link));

  constructor() {
    this.#link = this.#pending();
    if (desktopBridge()) this.#openPort();
    else this.#openSocket();
  }

  get status(): LineStatus {
    return this.#status;
  }

  /** Calls back every time a broken line is whole again; answers how to stop. */
  onReopened(listener: () => void): () => void {
    this.#reopened.add(listener);
    return () => this.#reopened.delete(listener);
  }

  #pending(): Promise<Link> {
    return new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  #openPort(): void {
    const channel = new MessageChannel();
    window.postMessage(contractPortMessage, '*', [channel.port2]);
    channel.port1.start();
    this.#ready(new PortLink({ port: channel.port1 }));
  }

  #openSocket(): void {
    const address = new URL(contractPath, window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address);
    socket.addEventListener('open', () => this.#ready(new SocketLink({ websocket: socket })));
    socket.addEventListener('close', () => {
      if (this.#status === 'open') this.#link = this.#pending();
      this.#status = 'lost';
      setTimeout(() => this.#openSocket(), this.#retry);
      this.#retry = Math.min(this.#retry * 2, longestRetryMilliseconds);
    });
  }

  #ready(link: Link): void {
    this.#retry = firstRetryMilliseconds;
    this.#status = 'open';
    this.#opened += 1;
    this.#announce(link);
    if (this.#opened > 1) for (const listener of this.#reopened) listener();
  }
}
