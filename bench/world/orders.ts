import { randomUUID } from 'node:crypto';
import type { PreparedRequest } from '../lib/orders.js';
import { guestPhone, type Restaurant } from './restaurants.js';
import { TEMPLATES } from './templates.js';

/** Single sends with an Idempotency-Key each: every restaurant, number, guest and template in turn. */
export function sendRequests(restaurants: readonly Restaurant[], count: number, guestsEach: number): PreparedRequest[] {
  return Array.from({ length: count }, (_, at) => {
    const restaurant = restaurants[at % restaurants.length]!;
    const turn = Math.floor(at / restaurants.length);
    const { name, language, parameters } = TEMPLATES[turn % TEMPLATES.length]!;
    const numberId = restaurant.numberIds[turn % restaurant.numberIds.length];
    const body = {
      numberId,
      to: guestPhone(turn % guestsEach),
      template: { name, language, parameters: parameters(at) },
    };
    const headers = [
      'content-type',
      'application/json',
      'authorization',
      `Bearer ${restaurant.apiKey}`,
      'idempotency-key',
      randomUUID(),
    ];
    return { headers, body: Buffer.from(JSON.stringify(body)) };
  });
}
