import type { ServerResponse } from 'node:http';
import { FakeGraph, json, type SeenRequest } from './fake-graph.js';
import { uniqueWamid } from './worker.js';

/** What Graph does with one send. */
export type Answer = (response: ServerResponse, body: Record<string, unknown>) => void;

/** Takes the message. */
export const accept: Answer = (response, body) =>
  json(response, 200, { messaging_product: 'whatsapp', contacts: [{ input: body['to'], wa_id: String(body['to']).slice(1) }], messages: [{ id: uniqueWamid() }] });

/** Refuses it with Graph's own error. */
export const refuse =
  (code: number, status = 400, headers: Record<string, string> = {}): Answer =>
  (response) =>
    json(response, status, { error: { message: `(#${code}) No`, type: 'OAuthException', code, fbtrace_id: 'T1' } }, headers);

/** Cuts the connection after the request was read. */
export const reset: Answer = (response) => void response.socket?.destroy();

/** Reads the request and never says anything. */
export const hang: Answer = () => undefined;

/** Begins an answer, and goes on with it byte by byte. */
export const drip: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

/** Graph by a script: for each recipient what is answered in turn, the last answer for ever. Who is not named is accepted. */
export class ScriptedGraph {
  private readonly script = new Map<string, Answer[]>();
  /** Answers everything in place of the script. */
  always: Answer | null = null;
  private fake!: FakeGraph;

  static async start(): Promise<ScriptedGraph> {
    const graph = new ScriptedGraph();
    graph.fake = await FakeGraph.start((request, response) => graph.answer(request, response));
    return graph;
  }

  get url(): string {
    return this.fake.url;
  }

  to(phone: string, ...answers: Answer[]): void {
    this.script.set(phone, answers);
  }

  /** The sends that came for a recipient, oldest first. */
  sendsTo(phone: string): { body: Record<string, unknown>; token: string }[] {
    return this.fake.seen
      .filter(({ method, body }) => method === 'POST' && body.includes(phone))
      .map(({ body, headers }) => ({ body: JSON.parse(body) as Record<string, unknown>, token: String(headers.authorization).slice('Bearer '.length) }));
  }

  stop(): Promise<void> {
    return this.fake.stop();
  }

  private answer({ method, body }: SeenRequest, response: ServerResponse): void {
    // Lists of templates are of no interest here, and an empty one would end them all.
    if (method !== 'POST') return json(response, 500, {});
    const request = JSON.parse(body) as Record<string, unknown>;
    const answers = this.script.get(String(request['to'])) ?? [accept];
    const answer = this.always ?? (answers.length > 1 ? answers.shift()! : answers[0]!);
    answer(response, request);
  }
}
