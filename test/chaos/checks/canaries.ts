import { CANARY } from '../load.js';
import type { Check } from './verdict.js';

/** C8: nothing that belongs to a customer or opens a door stands where many may read. */
export const CANARIES: Check = {
  id: 'C8',
  title: 'no token, phone or text in logs, metrics and Redis',
  judge({ papers, world }) {
    const { app, platformKey } = world.cluster;
    const secrets = [app.appSecret, platformKey, ...world.tenants.flatMap(({ token, key }) => [token, key])];
    const wrongs = papers.flatMap(({ name, text }) => [
      ...(text.includes(CANARY) ? [`${name} holds a text: ${around(text, text.indexOf(CANARY))}`] : []),
      ...(PHONE.test(text) ? [`${name} holds a phone: ${around(text, text.search(PHONE))}`] : []),
      ...secrets.filter((secret) => text.includes(secret)).map((secret) => `${name} holds a secret: ${around(text, text.indexOf(secret))}`),
    ]);
    const bytes = papers.reduce((sum, { text }) => sum + text.length, 0);
    return { figures: `${papers.length} papers, ${Math.round(bytes / 1024)} kB`, wrongs };
  },
};

/** The phones of all guests, see newPhone. */
const PHONE = /(?<!\d)40723\d{6}(?!\d)/;

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 60), at + 40).replaceAll('\n', ' ');
