import { waitFor } from './wait-for.js';
import type { Json } from './rest-client.js';

/** A listener to server-sent events. */
export class EventStream {
  readonly events: { readonly name: string; readonly data: Json }[] = [];
  private readonly abort = new AbortController();

  /** Resolves once the stream is open: what happens from then on is heard. */
  static async open(url: string, bearer?: string): Promise<EventStream> {
    const stream = new EventStream();
    const response = await fetch(url, { headers: { accept: 'text/event-stream', ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) }, signal: stream.abort.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    void stream.read(response.body).catch((error: unknown) => {
      if (!stream.abort.signal.aborted) throw error;
    });
    return stream;
  }

  of(name: string): Json[] {
    return this.events.filter((event) => event.name === name).map(({ data }) => data);
  }

  /** The events of that name, once there are so many. */
  async until(name: string, count: number): Promise<Json[]> {
    await waitFor(() => this.of(name).length >= count);
    return this.of(name);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    const member = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const [name, data] = [member('event'), member('data')];
    if (name !== undefined && data !== undefined) this.events.push({ name, data: JSON.parse(data) as Json });
  }
}
