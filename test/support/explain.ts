import pg from 'pg';
import { PLANNER_FOR_SETS, type Statement, type SystemDb } from '@parley/data';

/** A node of what EXPLAIN (ANALYZE, FORMAT JSON) answers. */
export interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'CTE Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

/** A node and all below it. */
export const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

/** Rows that a node looked at, in all of its loops. */
export const touched = (node: Plan): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops'];

/** Runs what the product runs as parley_system, with the plans that its pool has (made once, for any values), and keeps each plan. */
export class ExplainingDb {
  /** By the name of the statement, the latest. */
  readonly plans = new Map<string, Plan>();
  private explained = 0;

  private constructor(private readonly client: pg.Client) {}

  static async connect(url: string): Promise<ExplainingDb> {
    const options = Object.entries(PLANNER_FOR_SETS).map(([name, value]) => `-c ${name}=${value}`).join(' ');
    const client = new pg.Client({ connectionString: url, options });
    await client.connect();
    return new ExplainingDb(client);
  }

  /** To be given to what asks for a database. */
  get db(): SystemDb {
    return { query: (statement: Statement, values: readonly unknown[] = []) => this.explain(statement, values) } as unknown as SystemDb;
  }

  close(): Promise<void> {
    return this.client.end();
  }

  private async explain({ name, text }: Statement, values: readonly unknown[]): Promise<unknown[]> {
    const types = values.map(() => 'unknown').join(', ');
    const prepared = `p${(this.explained += 1)}`;
    await this.client.query(`PREPARE ${prepared}${types === '' ? '' : ` (${types})`} AS ${text}`);
    const given = values.map((value) => (value === null ? 'NULL' : this.client.escapeLiteral(literal(value))));
    const run = `${prepared}${given.length === 0 ? '' : ` (${given.join(', ')})`}`;
    // Looked at and undone, then done.
    await this.client.query('BEGIN');
    const { rows } = await this.client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${run}`);
    await this.client.query('ROLLBACK');
    this.plans.set(name, rows[0]!['QUERY PLAN'][0].Plan);
    return (await this.client.query<object>(`EXECUTE ${run}`)).rows;
  }
}

/** As the driver would send it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map((one) => (one === null ? 'NULL' : `"${literal(one).replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
