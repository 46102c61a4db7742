import { createTransport, type SentMessageInfo, type Transporter } from 'nodemailer';
import type { AlertMessage } from './alert-message.js';
import { DeliveryFailed } from './delivery-failed.js';
import { emailHtml, emailText } from './email-body.js';
import { letterOf, type Letter } from './letter.js';

export interface EmailOptions {
  /** `smtp://user:password@host:587` or `smtps://…` */
  readonly url: string;
  /** Whether nothing is said to a server that offers no TLS. */
  readonly requireTls: boolean;
  readonly from: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 15_000;
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

/** Alerts by email, through the operator's mail server. */
export class EmailChannel {
  private readonly transport: Transporter<SentMessageInfo>;

  constructor(private readonly options: EmailOptions) {
    this.transport = createTransport(serverOf(options));
  }

  /** @throws DeliveryFailed where nobody was reached */
  async send(recipients: readonly string[], message: AlertMessage): Promise<void> {
    const letter = letterOf(message);
    try {
      await this.transport.sendMail({
        ...headersOf(letter),
        from: this.options.from,
        to: [...recipients],
        subject: oneLine(letter.line),
        text: emailText(letter),
        html: emailHtml(letter),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      throw failureOf(error);
    }
  }

  close(): void {
    this.transport.close();
  }
}

function serverOf({ url, requireTls }: EmailOptions) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(port),
    secure,
    requireTLS: requireTls && !secure,
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
  };
}

function headersOf({ tone, thread }: Letter) {
  return {
    // The news of one incident stand together in a mail program.
    ...(thread !== null && { references: `<${thread}@alerts.parley>` }),
    priority: tone === 'critical' ? ('high' as const) : ('normal' as const),
    // RFC 3834: nobody's absence notice shall answer.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Parley-Severity': tone },
  };
}

/** A name with a line end in it must not become a header of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 200);
}

/** Nodemailer's errors. The text of a server's answer may name the recipient; the user name of the login stays out. */
function failureOf(error: unknown): DeliveryFailed {
  const { code, responseCode, message } = error as { code?: unknown; responseCode?: unknown; message?: unknown };
  const answer = typeof responseCode === 'number' ? responseCode : null;
  if (code === 'EENVELOPE' && answer !== null && answer >= 500) {
    return new DeliveryFailed(`The mail server refuses the recipients (${answer}).`, { permanent: true, cause: error });
  }
  if (code === 'EAUTH') return new DeliveryFailed('The mail server refuses the login.', { cause: error });
  if (code === 'ETLS') return new DeliveryFailed('The mail server offers no TLS that can be trusted.', { cause: error });
  if (answer !== null) return new DeliveryFailed(`The mail server answered ${answer}.`, { cause: error });
  const words = typeof code === 'string' ? code : String(message);
  return new DeliveryFailed(`The mail server does not answer (${words}).`, { cause: error });
}
