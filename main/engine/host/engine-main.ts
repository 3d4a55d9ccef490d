/**
 * The engine's loop: takes calls, runs their handlers, sends events, results and errors back. It knows nothing
 * of what the calls do; main/engine/process.ts gives it the table of handlers.
 */
import { toErrorData } from '#shared/errors.ts';
import type {
  CallName,
  ComputeCalls,
  ControlAction,
  EngineCalls,
  FileCalls,
  Lane,
  SimulationCalls,
  ToEngine,
} from '../protocol.ts';
import type { EngineTransport } from './transport.ts';

/** What a person asked of a running call besides cancelling it. */
export interface CallControl {
  /** The newest action asked for; null while there is none. Loops look here between steps. */
  readonly action: ControlAction | null;
  onAction(listener: (action: ControlAction) => void): void;
}

export interface CallContext<Event> {
  /** Aborts when the call is cancelled. A handler that ignores it gets its process killed after a while. */
  signal: AbortSignal;
  emit(event: Event): void;
  control: CallControl;
}

/** Long handlers must yield to the event loop between steps (`await setImmediate()`), or pings go unanswered. */
export type Handler<Name extends CallName> = (
  input: EngineCalls[Name]['input'],
  context: CallContext<EngineCalls[Name]['event']>,
) => Promise<EngineCalls[Name]['output']>;

export type CallsOf<L extends Lane> = L extends 'files'
  ? keyof FileCalls
  : L extends 'simulation'
    ? keyof SimulationCalls
    : keyof ComputeCalls;

/** One handler for every call of the lane. */
export type Handlers<L extends Lane> = { readonly [Name in CallsOf<L>]: Handler<Name> };

class Control implements CallControl {
  private current: ControlAction | null = null;
  private readonly listeners: ((action: ControlAction) => void)[] = [];

  get action(): ControlAction | null {
    return this.current;
  }

  onAction(listener: (action: ControlAction) => void): void {
    this.listeners.push(listener);
    if (this.current !== null) listener(this.current);
  }

  ask(action: ControlAction): void {
    this.current = action;
    for (const listener of this.listeners) listener(action);
  }
}

function isMessage(message: unknown): message is ToEngine {
  return typeof message === 'object' && message !== null && 'type' in message;
}

/**
 * Serves the lane until the service goes away or says `exit`, which ends the process.
 *
 * Says `up` at once and `ready` when `load` has answered, so that the service can tell a process that does not
 * start from a backend that is slow to load. Calls run side by side; those that arrive early wait.
 */
export function engineMain<L extends Lane>(
  lane: L,
  load: Handlers<L> | (() => Promise<Handlers<L>>),
  transport: EngineTransport,
): void {
  const running = new Map<number, { abort: AbortController; control: Control }>();
  transport.onClose(() => transport.exit(0));
  transport.post({ type: 'up', pid: process.pid });
  const handlers = typeof load === 'function' ? load() : Promise.resolve(load);
  handlers.then(
    () => transport.post({ type: 'ready', lane }),
    (thrown: unknown) => {
      const { message, details } = toErrorData(thrown);
      process.stderr.write(`${message}\n${details ?? ''}\n`, () => transport.exit(1));
    },
  );

  async function serve(id: number, name: CallName, input: unknown): Promise<void> {
    const abort = new AbortController();
    const control = new Control();
    running.set(id, { abort, control });
    try {
      const table = (await handlers) as Partial<Record<CallName, Handler<CallName>>>;
      const handler = Object.hasOwn(table, name) ? table[name] : undefined;
      if (handler === undefined) throw new Error(`The ${lane} lane has no call "${name}".`);
      abort.signal.throwIfAborted();
      const context: CallContext<never> = {
        signal: abort.signal,
        control,
        emit: (event) => transport.post({ type: 'event', id, event }),
      };
      const output = await handler(input as never, context as CallContext<never>);
      transport.post({ type: 'result', id, output });
    } catch (thrown) {
      transport.post({ type: 'error', id, error: toErrorData(thrown) });
    } finally {
      running.delete(id);
      if (running.size === 0) transport.post({ type: 'idle', residentBytes: process.memoryUsage.rss() });
    }
  }

  transport.onMessage((message) => {
    if (!isMessage(message)) return;
    switch (message.type) {
      case 'call':
        void serve(message.id, message.name, message.input);
        return;
      case 'cancel':
        running.get(message.id)?.abort.abort();
        return;
      case 'control':
        running.get(message.id)?.control.ask(message.action);
        return;
      case 'ping':
        transport.post({ type: 'pong', nonce: message.nonce });
        return;
      case 'exit':
        transport.exit(0);
    }
  });
}
