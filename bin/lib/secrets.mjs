/** Secrets of this clone's own servers: made once, kept in `.parley/secrets.json`, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { SECRETS_FILE, STATE_DIR } from './paths.mjs';

const random = (bytes = 24) => randomBytes(bytes).toString('base64url');

const MAKERS = {
  postgresSuperuserPassword: random,
  postgresOwnerPassword: random,
  postgresAppPassword: random,
  postgresSystemPassword: random,
  redisPassword: random,
  platformAdminKey: () => random(32),
  jwtSecret: () => random(48),
  sealingKey: () => randomBytes(32).toString('base64'),
  metaAppSecret: () => randomBytes(16).toString('hex'),
  metaVerifyToken: random,
};

/** Reads the secrets and adds those that are missing. @returns {Record<keyof typeof MAKERS, string>} */
export function secrets() {
  const kept = existsSync(SECRETS_FILE) ? JSON.parse(readFileSync(SECRETS_FILE, 'utf8')) : {};
  const missing = Object.keys(MAKERS).filter((name) => kept[name] === undefined);
  if (missing.length === 0) return kept;
  for (const name of missing) kept[name] = MAKERS[name]();
  mkdirSync(STATE_DIR, { recursive: true });
  const draft = `${SECRETS_FILE}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, SECRETS_FILE);
  chmodSync(SECRETS_FILE, 0o600);
  return kept;
}

/** Fresh secrets for one run, never written down. @returns {Record<keyof typeof MAKERS, string>} */
export const throwawaySecrets = () => Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make()]));
