/**
 * `bin/bench stats`: statistics of 90 days of a tenant with ten numbers, several templates and answers at all hours, beside four
 * others of the same size. One request after another; the worst 95th percentile of all groupings counts.
 */
import { DURATION_BOUNDS } from '@parley/domain';
import { Child } from './lib/child.js';
import { quantile, rounded } from './lib/begin.js';
import type { BenchDatabase } from './lib/database.js';
import { runTrial } from './lib/trial.js';
import { openRestaurants } from './world/restaurants.js';

const DAYS = 90;
const SMOKE_DAYS = 3;
const REQUESTS = 40;
const SMOKE_REQUESTS = 3;
const BAR_MS = 200;
const GROUPS = ['', 'day', 'number', 'template', 'category', 'day,number', 'day,template'];

/** Every hour of the time, as the worker leaves it: each number with each template, and what customers wrote. */
const COUNTED = `
  INSERT INTO message_stats (tenant_id, hour, phone_number_id, template_id, category, received, accepted, sent, delivered, read, failed, expired,
                             cancelled, charged, unpriced, cost_micros)
  SELECT n.tenant_id, h.hour, n.id, t.id, t.category, CASE WHEN t.id IS NULL THEN 40 ELSE 0 END, 30, 30, 29, 20, 1, 0, 0, 25, 0, 282500
    FROM generate_series(date_trunc('hour', now()) - make_interval(days => $1), date_trunc('hour', now()), interval '1 hour') AS h (hour)
   CROSS JOIN phone_numbers n
   CROSS JOIN LATERAL (
     SELECT t.id, lower(t.category) AS category FROM (SELECT * FROM templates o WHERE o.tenant_id = n.tenant_id ORDER BY o.id LIMIT 5) t
     UNION ALL SELECT NULL, NULL) t`;

/** Durations in five of the steps of each hour. */
const TIMED = `
  INSERT INTO duration_stats (tenant_id, hour, phone_number_id, kind, histogram, count, seconds, judged, in_time)
  SELECT n.tenant_id, h.hour, n.id, k.kind,
         ARRAY(SELECT CASE WHEN s.step IN (3, 5, 7, 9, 11) THEN 3 ELSE 0 END FROM generate_series(0, $2::int) AS s (step)), 15, 4500, 15, 10
    FROM generate_series(date_trunc('hour', now()) - make_interval(days => $1), date_trunc('hour', now()), interval '1 hour') AS h (hour)
   CROSS JOIN phone_numbers n
   CROSS JOIN (VALUES ('first-response'), ('response'), ('resolution')) AS k (kind)`;

async function layDown(database: BenchDatabase, days: number): Promise<void> {
  await database.run(`UPDATE api_keys SET scopes = scopes || '{stats:read}'`);
  await database.run(COUNTED, [days]);
  await database.run(TIMED, [days, DURATION_BOUNDS.length]);
  await database.tidy('message_stats', 'duration_stats');
}

await runTrial({
  name: 'stats',
  bar: BAR_MS,
  passes: 'at most',
  async run({ environment, database }) {
    const { config, smoke, variables, logDir, profileDir } = environment;
    const [restaurant] = await openRestaurants(database, config);
    await layDown(database, smoke ? SMOKE_DAYS : DAYS);
    const url = `http://127.0.0.1:${config.API_PORT}`;
    const api = await Child.app('api', { env: variables, readyUrl: `${url}/health/ready`, logDir, profileDir });
    const from = new Date(Date.now() - DAYS * 86_400_000).toISOString();
    const p95: Record<string, number> = {};
    const all: number[] = [];
    for (const groupBy of GROUPS) {
      const times: number[] = [];
      for (let at = 0; at <= (smoke ? SMOKE_REQUESTS : REQUESTS); at += 1) {
        times.push(await timeOf(`${url}/v1/stats?from=${from}${groupBy && `&groupBy=${groupBy}`}`, restaurant!.apiKey));
      }
      // The first one finds connections, and statements, unprepared.
      const name = groupBy || 'total';
      p95[name] = quantile(times.slice(1), 0.95);
      all.push(...times.slice(1));
      console.log(`${name}: p95 ${rounded(p95[name], 1)} ms`);
    }
    const worst = Math.max(...Object.values(p95));
    return { ratio: worst, ours: worst, floor: null, p50Ms: quantile(all, 0.5), p99Ms: quantile(all, 0.99), items: all.length, more: p95, measured: [api] };
  },
});

async function timeOf(url: string, apiKey: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  const { total } = (await answer.json()) as { total?: { messages: { accepted: number } } };
  if (!total || total.messages.accepted === 0) throw new Error(`${url} was answered ${answer.status} without figures`);
  return performance.now() - startedAt;
}
