/** A language model and a speech-to-text for the check: the two endpoints that OpenAI's API made common, on this machine. */
import { createServer } from 'node:http';
import { once } from 'node:events';

export const SPOKEN = 'Aveți o masă liberă diseară?';
export const MODEL_ANSWER = 'Da, la ora opt. Vă așteptăm!';

const ANSWERS = {
  '/v1/audio/transcriptions': { text: SPOKEN, language: 'ro' },
  '/v1/chat/completions': {
    choices: [{ index: 0, message: { role: 'assistant', content: MODEL_ANSWER }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 80, completion_tokens: 12, total_tokens: 92 },
  },
};

/** @param {import('./run.mjs').Run} run @returns {Promise<string>} its address, as AI_URL and TRANSCRIPTION_URL take it */
export async function startAi(run) {
  const server = createServer((request, response) => {
    const answer = ANSWERS[request.url];
    request.resume().once('end', () => {
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { error: { message: `There is no ${request.url}` } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  run.atEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/v1`;
}
