/** The simulator's control API. */

/**
 * One request. @returns the answer's JSON, or null where there is none
 * @throws Error with words for people
 */
export async function control(method, path, body) {
  const isForm = body instanceof FormData;
  const response = await fetch(`/control${path}`, {
    method,
    headers: body === undefined || isForm ? {} : { 'content-type': 'application/json' },
    body: body === undefined || isForm ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = readJson(text);
  if (response.ok) return answer;
  const fields = (answer?.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
  throw new Error([answer?.detail ?? `The simulator answered ${response.status}.`, ...fields].join(' · '));
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // 204, or not for us
  }
}
