import { Command, InvalidArgumentError, Option } from 'commander';
import { doctor } from './doctor.js';
import type { ExitCode } from './failure.js';
import { listen } from './listen.js';
import { send } from './send.js';
import { trigger } from './trigger.js';

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  what was asked about is not: a check failed, a message was not delivered
  2  the command line or a setting is wrong
  3  the server refused
  4  the server did not answer

Where bin/dev runs, nothing has to be set: its demo key and addresses are found.`;

/** The command line. @param end told what a command ended with */
export function buildProgram(end: (code: ExitCode) => void): Command {
  const run = (work: (command: Command) => Promise<ExitCode>) =>
    async function (this: Command): Promise<void> {
      end(await work(this));
    };
  const program = new Command('parley')
    .description('Parley on the command line: look after numbers, send, and develop against the simulator.')
    .option('--url <url>', "Parley's API (PARLEY_URL; http://127.0.0.1:3000)")
    .option('--api-key <key>', "the tenant's API key (PARLEY_API_KEY; the demo key of bin/dev)")
    .option('--simulator-url <url>', 'the simulator (PARLEY_SIMULATOR_URL; http://127.0.0.1:4000)')
    .option('--json', 'answer with JSON, for programs')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(parley --help says more)')
    .exitOverride();
  addDoctor(program).action(run(doctor));
  addSend(program).action(run(send));
  addTrigger(program).action(run(trigger));
  addListen(program).action(run(listen));
  return program;
}

function addDoctor(program: Command): Command {
  return program
    .command('doctor')
    .summary('examine a number, and say what to do')
    .description('Examines a number with everything that has to be right with it at Meta. Without an id: all numbers.')
    .argument('[numberId]', 'the id of the number in Parley')
    .addHelpText('after', examples('parley doctor', 'parley doctor 0199a1b2-1111-7000-8000-000000000000 --json'));
}

function addSend(program: Command): Command {
  return program
    .command('send')
    .summary('send a message')
    .description('Sends one message. The number may be left out where only one is connected.')
    .requiredOption('--to <phone>', 'the recipient, such as +40723000111')
    .option('--number <id>', 'the id of the number in Parley')
    .option('--text <text>', 'free text, within 24 hours of the customer writing')
    .option('--template <name>', 'an approved template')
    .option('--language <code>', 'the language of the template, such as en_US')
    .option('--param <value...>', 'a value of the body; or name=value, header.1=value, button.0=end-of-address')
    .option('--data <json>', 'content of any other kind, as POST /v1/messages takes it')
    .option('--reply-to <wamid>', 'the message that is answered')
    .option('--idempotency-key <key>', 'makes the call safe to repeat; made up where it is left out')
    .addOption(new Option('--wait [seconds]', 'wait until it is delivered (60 s)').argParser(positive))
    .addHelpText(
      'after',
      examples(
        "parley send --to +40723000111 --text 'Your table is ready.' --wait",
        'parley send --to +40723000111 --template order_confirmation --language en_US --param Ana A-1042',
        'parley send --to +40723000111 --template table_reminder --language en_US --param first_name=Ana time=19:30',
        `parley send --to +40723000111 --data '{"location": {"latitude": 44.43, "longitude": 26.1}}'`,
      ),
    );
}

function addTrigger(program: Command): Command {
  return program
    .command('trigger')
    .summary('make something happen in the simulator')
    .description('Makes an event happen in the simulator, which tells of it by webhook as Meta would.')
    .argument('[event]', 'what is to happen; --list names everything')
    .option('--list', 'list the events')
    .option('--waba <id>', "Meta's id of the account; left out: the number's, or the first")
    .option('--number <id>', "Meta's id of the number (phone_number_id); left out: the first")
    .option('--customer <phone>', 'the customer who is involved; left out: somebody')
    .option('--template <id>', "Meta's id of the template; left out: the account's first")
    .option('--reason <text>', "Meta's reason, type or decision; the text of a message")
    .option('--value <json>', 'laid over the value of the webhook')
    .addHelpText(
      'after',
      examples(
        'parley trigger --list',
        "parley trigger message --customer +40723000111 --reason 'Is the kitchen still open?'",
        'parley trigger template-rejected --reason INVALID_FORMAT',
      ),
    );
}

function addListen(program: Command): Command {
  return program
    .command('listen')
    .summary('bring the webhooks of the simulator to an address of yours')
    .description(
      'Takes the webhooks that the simulator sends for one account and forwards them, byte for byte and with their\n' +
        'signature, until Ctrl-C. As with Meta, only the field `messages` takes another way than the app’s callback.',
    )
    .requiredOption('--forward-to <url>', 'where the webhooks go')
    .option('--waba <id>', "Meta's id of the account; may be left out while there is only one")
    .option('--access-token <token>', "the account's token at Meta (PARLEY_ACCESS_TOKEN; the demo account's is known)")
    .addOption(new Option('--port <port>', 'where to listen; 0 takes a free port').argParser(port).default(0))
    .addHelpText('after', examples('parley listen --forward-to http://127.0.0.1:3000/webhooks/whatsapp'));
}

function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

function positive(text: string): string {
  if (Number(text) > 0) return text;
  throw new InvalidArgumentError('It must be a number of seconds above 0.');
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a port, from 0 to 65535.');
}
