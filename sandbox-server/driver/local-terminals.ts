import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import { MAX_TERMINALS } from '../protocol/frames.ts';
import type { AttachOrder, TerminalAttachment, TerminalEvent } from './driver.ts';
import type { ShellCommand } from './local-shell.ts';
import { LocalTerminal } from './local-terminal.ts';

/** Exited shells are kept for those who come back to read; of more than these the oldest is let go. */
const MAX_EXITED = MAX_TERMINALS;
/** Why a shell is gone that a browser asks for by its epoch. */
const SERVER_RESTARTED = 'ServerRestarted';

export interface Terminals extends AsyncDisposable {
  /** Throws a PodiumError when there are too many. */
  attach(
    command: ShellCommand,
    order: AttachOrder,
    onEvent: (event: TerminalEvent) => void,
  ): Promise<TerminalAttachment>;
}

/** The terminals of one sandbox, by name. `instance` names this process, in every epoch. */
export function createTerminals({ instance, clock }: { instance: string; clock: Clock }): Terminals {
  const terminals = new Map<string, LocalTerminal>();
  const ending = new Set<Promise<void>>();
  let shellCount = 0;

  function announceNames(): void {
    for (const terminal of terminals.values()) terminal.tellNames();
  }

  function end(name: string, terminal: LocalTerminal): void {
    if (terminals.get(name) === terminal) terminals.delete(name);
    announceNames();
    const gone = terminal.end().finally(() => ending.delete(gone));
    ending.add(gone);
  }

  function makeRoom(name: string): void {
    const exited = [...terminals].filter(([, terminal]) => terminal.hasExited).map(([exitedName]) => exitedName);
    if (terminals.size - exited.length >= MAX_TERMINALS)
      throw new PodiumError('too_many_terminals', { values: { limit: String(MAX_TERMINALS) } });
    const oldest = exited.slice(0, Math.max(exited.length - MAX_EXITED, 0));
    // Set again, this one stands last: the map's order is that of the starts.
    for (const gone of [name, ...oldest]) terminals.delete(gone);
  }

  function start(command: ShellCommand, { terminal: name, size }: AttachOrder): LocalTerminal {
    makeRoom(name);
    shellCount += 1;
    const terminal = new LocalTerminal({
      command,
      epoch: `${instance}-${shellCount}`,
      size,
      clock,
      listNames: () => [...terminals.keys()],
      onEnd: () => end(name, terminal),
    });
    terminals.set(name, terminal);
    announceNames();
    return terminal;
  }

  return {
    attach(command, order, onEvent) {
      const kept = terminals.get(order.terminal);
      const isWanted = kept && !(kept.hasExited && order.isFresh);
      const terminal = isWanted ? kept : start(command, order);
      return terminal.attach(order, (event) => onEvent(withRestart(event, order, instance)));
    },
    async [Symbol.asyncDispose]() {
      const losing = [...terminals.values()].map((terminal) => terminal.lose());
      terminals.clear();
      await Promise.all([...losing, ...ending]);
    },
  };
}

/** A browser that comes with an epoch of another process is told why it finds a new shell. */
function withRestart(event: TerminalEvent, { resume }: AttachOrder, instance: string): TerminalEvent {
  const isOfAnotherProcess = resume !== undefined && !resume.epoch.startsWith(instance);
  if (event.type !== 'opened' || !event.isNew || !isOfAnotherProcess) return event;
  return { ...event, restart: { reason: SERVER_RESTARTED } };
}
