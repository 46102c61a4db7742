/** JSON over HTTP for the commands. */

const TIMEOUT_MS = 10_000;

/**
 * Sends one request and returns the parsed body of a 2xx answer.
 * @param {string} method
 * @param {string} url
 * @param {{key?: string, body?: unknown, form?: FormData, headers?: Record<string, string>}} [options] key: sent as bearer
 *   token; form: sent instead of a JSON body
 * @returns {Promise<any>}
 * @throws Error with the status and the body of any other answer
 */
export async function request(method, url, { key, body, form, headers = {} } = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: form ?? (body === undefined ? undefined : JSON.stringify(body)),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 600)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/**
 * The bytes of a file.
 * @param {string} url
 * @param {{key: string}} options
 * @returns {Promise<Buffer>}
 */
export async function download(url, { key }) {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`GET ${new URL(url).pathname} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
