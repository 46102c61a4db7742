import type { Command } from 'commander';
import { contextOf } from './context.js';
import { CliFailure, EXIT, type ExitCode } from './failure.js';
import { readObject, type JsonObject } from './json.js';
import { printable, table } from './terminal.js';

interface TriggerFlags {
  readonly list?: boolean;
  readonly waba?: string;
  readonly number?: string;
  readonly customer?: string;
  readonly template?: string;
  readonly reason?: string;
  readonly value?: string;
}

interface KnownEvent {
  readonly name: string;
  readonly description: string;
}

/** Makes an event happen in the simulator, or lists those that there are. */
export async function trigger(command: Command): Promise<ExitCode> {
  const context = contextOf<TriggerFlags>(command);
  const { flags, terminal } = context;
  const [event] = command.processedArgs as [string | undefined];
  const simulator = context.simulator();
  if (flags.list) {
    const { events } = await simulator.call<{ events: KnownEvent[] }>('GET', '/control/events');
    if (terminal.isJson) terminal.json(events);
    else
      for (const line of table(events.map(({ name, description }) => [name, printable(description)])))
        terminal.line(line);
    return EXIT.ok;
  }
  if (event === undefined) throw new CliFailure(EXIT.usage, 'Say which event: parley trigger --list names them.');
  const told = await simulator.call<Told>('POST', '/control/trigger', { body: { event, ...about(flags) } });
  if (terminal.isJson) terminal.json(told);
  else terminal.line(printable(describe(told)));
  return EXIT.ok;
}

/** What the event was about in the end: what is not said, the simulator chooses. */
interface Told {
  readonly event: string;
  readonly wabaId: string;
  readonly phoneNumberId: string;
  readonly customer: string;
  readonly templateId: string | null;
}

function describe({ event, wabaId, phoneNumberId, customer, templateId }: Told): string {
  const template = templateId === null ? '' : `, template ${templateId}`;
  return `${event}  account ${wabaId}, number ${phoneNumberId}, customer +${customer}${template}`;
}

function about({ waba, number, customer, template, reason, value }: TriggerFlags): JsonObject {
  return {
    ...(waba !== undefined && { wabaId: waba }),
    ...(number !== undefined && { phoneNumberId: number }),
    ...(customer !== undefined && { customer }),
    ...(template !== undefined && { templateId: template }),
    ...(reason !== undefined && { reason }),
    ...(value !== undefined && { value: readObject(value, '--value') }),
  };
}
