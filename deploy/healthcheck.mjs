// The container's HEALTHCHECK: 0 when HEALTHCHECK_URL (default: the api's readiness) answers with a 2xx, else 1.
const url = process.env.HEALTHCHECK_URL ?? `http://127.0.0.1:${process.env.API_PORT ?? 3000}/health/ready`;

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_500) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1; // not reachable is not healthy
}
