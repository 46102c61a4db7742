import type { Command } from 'commander';
import { contextOf } from './context.js';
import { CliFailure, EXIT, type ExitCode } from './failure.js';
import { listNumbers, type NumberSummary } from './numbers.js';
import type { RestClient } from './rest.client.js';
import { printable, table, type Terminal, type Tone } from './terminal.js';

/** One thing that has to be right, and what to do where it is not. */
interface Check {
  readonly name: string;
  /** `unknown`: it could not be asked. */
  readonly status: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly summary: string;
  /** Meta's own words, where Meta said something. */
  readonly meta: string | null;
  readonly whatToDo: string | null;
}

interface Diagnosis {
  readonly checks: readonly Check[];
}

const TONES: Readonly<Record<Check['status'], Tone>> = { ok: 'green', warn: 'yellow', fail: 'red', unknown: 'yellow' };

/** Shows every check of a number, or of all of them. */
export async function doctor(command: Command): Promise<ExitCode> {
  const context = contextOf(command);
  const [numberId] = command.processedArgs as [string | undefined];
  const api = context.api();
  const { terminal } = context;
  const numbers = await examined(api, numberId);
  const diagnoses: { number: NumberSummary; diagnosis: Diagnosis }[] = [];
  for (const number of numbers) {
    const diagnosis = await api.call<Diagnosis>('GET', `/v1/numbers/${encodeURIComponent(number.id)}/doctor`);
    diagnoses.push({ number, diagnosis });
    if (!terminal.isJson) show(terminal, number, diagnosis.checks);
  }
  if (terminal.isJson) terminal.json(diagnoses.map(({ diagnosis }) => diagnosis));
  const isIll = diagnoses.some(({ diagnosis }) => diagnosis.checks.some(({ status }) => status === 'fail'));
  return isIll ? EXIT.notWell : EXIT.ok;
}

async function examined(api: RestClient, numberId: string | undefined): Promise<NumberSummary[]> {
  if (numberId !== undefined)
    return [await api.call<NumberSummary>('GET', `/v1/numbers/${encodeURIComponent(numberId)}`)];
  const numbers = await listNumbers(api);
  if (numbers.length > 0) return numbers;
  throw new CliFailure(EXIT.usage, 'No number is connected yet: POST /v1/numbers connects one.');
}

function show(terminal: Terminal, number: NumberSummary, checks: readonly Check[]): void {
  const { displayPhoneNumber, verifiedName, id } = number;
  terminal.line(terminal.paint('bold', printable(`${displayPhoneNumber}  ${verifiedName}  ${id}`)));
  for (const line of table(checks.flatMap((check) => rowsOf(terminal, check)))) terminal.line(`  ${line}`);
  const count = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length;
  const unknown = count('unknown') === 0 ? '' : `, ${count('unknown')} not known`;
  terminal.line(`  ${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed${unknown}`);
  terminal.line();
}

/** What was found; below it, where something is to be done, Meta's words and what that is. */
function rowsOf(terminal: Terminal, { name, status, summary, meta, whatToDo }: Check): string[][] {
  const words = [meta === null ? null : `Meta: ${meta}`, whatToDo === null ? null : `To do: ${whatToDo}`];
  const more = status === 'ok' ? [] : words.filter((line) => line !== null);
  return [
    [terminal.paint(TONES[status], status), printable(name), printable(summary)],
    ...more.map((line) => ['', '', terminal.paint('dim', printable(line))]),
  ];
}
