import { Test } from '@nestjs/testing';
import { getToken } from '@willsoto/nestjs-prometheus';
import { MetricsModule } from './metrics.module.js';
import { MetricsServer } from './metrics-server.js';
import { METRICS } from './metrics-table.js';
import { createMetrics, metricNames, Metrics } from './metrics.js';

async function linesOf(metrics: Metrics, name: string): Promise<string[]> {
  const { body } = await metrics.render();
  return body.split('\n').filter((line) => line.startsWith(name));
}

describe('Metrics', () => {
  it('counts, sets and observes each metric by its type', async () => {
    const metrics = createMetrics();
    metrics.inc('outbound_message_sent_total', { channel: 'WHATSAPP' });
    metrics.add('outbound_message_sent_total', 2, { channel: 'WHATSAPP' });
    metrics.inc('webhook_received_total');
    metrics.set('outbound_message_queue_depth', 7);
    metrics.set('outbound_message_queue_depth', 5);
    metrics.set('limiter_mode', 1, { mode: 'redis' });
    metrics.observe('batcher_set_rows', 100, { batcher: 'accept' });
    metrics.observe('outbound_message_turn_seconds', 0.2);
    expect(await linesOf(metrics, 'outbound_message_sent_total')).toEqual([
      'outbound_message_sent_total{channel="WHATSAPP"} 3',
    ]);
    expect(await linesOf(metrics, 'webhook_received_total')).toEqual(['webhook_received_total 1']);
    expect(await linesOf(metrics, 'outbound_message_queue_depth')).toEqual(['outbound_message_queue_depth 5']);
    expect(await linesOf(metrics, 'limiter_mode')).toEqual(['limiter_mode{mode="redis"} 1']);
    expect(await linesOf(metrics, 'batcher_set_rows_sum')).toEqual(['batcher_set_rows_sum{batcher="accept"} 100']);
    expect(await linesOf(metrics, 'outbound_message_turn_seconds_count')).toEqual([
      'outbound_message_turn_seconds_count 1',
    ]);
  });

  it('keeps combinations of labels apart, in whichever order they are given', async () => {
    const metrics = createMetrics();
    metrics.inc('whatsapp_messages_sent_total', { type: 'text', status: 'accepted' });
    metrics.inc('whatsapp_messages_sent_total', { status: 'accepted', type: 'text' });
    metrics.inc('whatsapp_messages_sent_total', { type: 'text', status: 'failed' });
    expect(await linesOf(metrics, 'whatsapp_messages_sent_total')).toEqual([
      'whatsapp_messages_sent_total{type="text",status="accepted"} 2',
      'whatsapp_messages_sent_total{type="text",status="failed"} 1',
    ]);
  });

  it('counts what goes beyond the limit of a label as other', async () => {
    const metrics = createMetrics();
    for (let i = 0; i < 1_000; i += 1) metrics.inc('limiter_violations_total', { error_code: String(i) });
    metrics.inc('limiter_violations_total', { error_code: '7' });
    const lines = await linesOf(metrics, 'limiter_violations_total');
    expect(lines).toHaveLength(201);
    expect(lines).toContain('limiter_violations_total{error_code="other"} 800');
    expect(lines).toContain('limiter_violations_total{error_code="7"} 2');
  });

  it('refuses unknown names, labels and values at compile time', () => {
    const metrics = createMetrics();
    const calls = [
      // @ts-expect-error no such status
      () => metrics.inc('whatsapp_messages_sent_total', { type: 'text', status: 'lost' }),
      // @ts-expect-error a label is missing
      () => metrics.inc('whatsapp_messages_sent_total', { type: 'text' }),
      // @ts-expect-error it has no labels
      () => metrics.inc('webhook_received_total', { type: 'text' }),
      // @ts-expect-error a gauge is not counted
      () => metrics.inc('outbound_message_queue_depth'),
      // @ts-expect-error no such metric
      () => metrics.inc('messages_total'),
    ];
    expect(calls).toHaveLength(5);
  });

  it('does not swallow what was never registered', () => {
    const { registry } = createMetrics();
    expect(() => new Metrics(new Map(), registry).inc('webhook_received_total')).toThrow('not registered');
  });

  it('keeps the names that dashboards and alert rules use', () => {
    expect(Object.keys(METRICS)).toEqual(
      expect.arrayContaining([
        'whatsapp_messages_sent_total',
        'whatsapp_api_latency_seconds',
        'whatsapp_rate_limit_remaining',
        'outbound_message_queued_total',
        'outbound_message_sent_total',
        'outbound_message_failed_total',
        'outbound_message_queue_depth',
        'outbound_message_dlq_size',
      ]),
    );
  });
});

describe('MetricsModule', () => {
  it('serves one set of metrics to Metrics and to InjectMetric, also to a second app of the process', async () => {
    const start = () => Test.createTestingModule({ imports: [MetricsModule.forRoot()] }).compile();
    const [first, second] = [await start(), await start()];
    first.get(Metrics).inc('webhook_received_total');
    second.get(Metrics).inc('webhook_received_total');
    expect(await linesOf(first.get(Metrics), 'webhook_received_total')).toEqual(['webhook_received_total 2']);
    expect(metricNames().filter((name) => second.get(getToken(name)) === undefined)).toEqual([]);
    expect(await linesOf(first.get(Metrics), 'process_resident_memory_bytes')).toHaveLength(1);
  });
});

describe('MetricsServer', () => {
  it('answers GET /metrics on its own port until it is stopped', async () => {
    const metrics = createMetrics();
    metrics.inc('webhook_received_total');
    const server = new MetricsServer(metrics, { host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${await server.start()}`;
    const answer = await fetch(`${url}/metrics?x=1`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, metrics.registry.contentType]);
    expect(await answer.text()).toContain('webhook_received_total 1');
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
    await server.stop();
    await server.stop();
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
  });

  it('fails a scrape whose collector fails', async () => {
    const metrics = createMetrics();
    const broken = new Metrics(
      new Map(),
      Object.assign(metrics.registry, { metrics: () => Promise.reject(new Error('x')) }),
    );
    const server = new MetricsServer(broken, { host: '127.0.0.1', port: 0 });
    expect((await fetch(`http://127.0.0.1:${await server.start()}/metrics`)).status).toBe(500);
    await server.stop();
  });

  it('says when the port is taken', async () => {
    const first = new MetricsServer(createMetrics(), { host: '127.0.0.1', port: 0 });
    const port = await first.start();
    await expect(new MetricsServer(createMetrics(), { host: '127.0.0.1', port }).start()).rejects.toThrow('EADDRINUSE');
    await first.stop();
  });
});
