import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';

const EXECUTABLE = process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];
const TIMEOUT_MS = 10_000;

/** The phone in a browser of its own, which knows nothing of the one before. Always `close` it. */
export class PhonePage {
  /** What the page complained of: errors of scripts, and violations of its own policy. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(simulatorUrl: string, viewport = { width: 1360, height: 860 }): Promise<PhonePage> {
    const profile = mkdtempSync(join(tmpdir(), 'parley-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: EXECUTABLE,
      args: FLAGS,
      viewport,
      locale: 'en-GB',
      permissions: ['clipboard-read', 'clipboard-write', 'microphone'],
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    const phone = new PhonePage(context, profile, context.pages()[0] ?? (await context.newPage()));
    await phone.page.goto(`${simulatorUrl}/phone`);
    await phone.page.getByText('live', { exact: true }).waitFor({ state: 'attached' });
    return phone;
  }

  /** The bubble of a message, by what it says. */
  message(text: string): Locator {
    return this.page.locator('li.message').filter({ hasText: text });
  }

  /** How far that message came, as the phone says it. */
  tick(text: string): Locator {
    return this.message(text).locator('.tick');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Takes the phone of somebody, by their row in the list. */
  async take(name: string): Promise<void> {
    await this.page.locator('.chat-row').filter({ hasText: name }).click();
    await this.page.getByRole('log').waitFor();
  }

  async write(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
