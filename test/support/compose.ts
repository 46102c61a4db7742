import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the tests want to know of a service of docker-compose.yml. */
export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

/** A service that says itself what it runs, and with what. */
export type OwnService = ComposeService & Required<Pick<ComposeService, 'command' | 'environment'>>;

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/**
 * docker-compose.yml as `docker compose` reads it: anchors merged, and `${NAME:-default}` put in from `given`.
 * @throws where a variable has neither a value nor a default
 */
export function readCompose(root: string, given: Readonly<Record<string, string>> = {}): Compose {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  // Compose puts variables into values, not into the text: what they bring stays a string.
  const fill = (_key: unknown, value: unknown): unknown => (typeof value === 'string' ? filledIn(value, given) : value);
  return JSON.parse(JSON.stringify(parse(text, { merge: true }), fill)) as Compose;
}

function filledIn(value: string, given: Readonly<Record<string, string>>): string {
  return value.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const found = given[name] || fallback;
    if (found === undefined) throw new Error(`docker-compose.yml needs ${name}`);
    return found;
  });
}

/** The services that run our own image. */
export function ownServices({ services }: Compose): [name: string, service: OwnService][] {
  return Object.entries(services).flatMap(([name, service]) => {
    const { build, command, environment } = service;
    return build && command && environment ? [[name, { ...service, command, environment }]] : [];
  });
}
