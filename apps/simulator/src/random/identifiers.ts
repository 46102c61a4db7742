import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from './seeded-random.js';

export type Direction = 'outbound' | 'inbound';

const DIRECTION_BYTE: Record<Direction, number> = { outbound: 0x11, inbound: 0x12 };

/** Lengths of the hex part that real ids were seen with; this is why a wamid has no fixed length. */
const HEX_LENGTHS = [18, 20, 32] as const;

/**
 * A WhatsApp message id: `wamid.` and the base64 of `1c 18 <length> <party> 15 02 00 <direction> 18 <length> <hex> 00`.
 * The party is the customer's phone (or business-scoped id), so a wamid is personal data.
 */
export function wamid(party: string, direction: Direction, hexId: string): string {
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, Buffer.byteLength(party)]),
    Buffer.from(party),
    Buffer.from([0x15, 0x02, 0x00, DIRECTION_BYTE[direction], 0x18, hexId.length]),
    Buffer.from(hexId, 'latin1'),
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString('base64')}`;
}

/** Draws the ids that Meta would make up. */
@Injectable()
export class Identifiers {
  private readonly ids: RandomStream;
  private readonly traces: RandomStream;

  constructor(random: SeededRandom) {
    this.ids = random.stream('ids');
    this.traces = random.stream('traces');
  }

  wamid(party: string, direction: Direction): string {
    const hexLength = this.ids.pick(HEX_LENGTHS);
    return wamid(
      party,
      direction,
      this.ids
        .bytes(hexLength / 2)
        .toString('hex')
        .toUpperCase(),
    );
  }

  /** A numeric id as Graph nodes have them: 16 digits, as a string. */
  nodeId(): string {
    return `${this.ids.int(10_000_000, 99_999_999)}${this.ids.int(10_000_000, 99_999_999)}`;
  }

  /** A business-scoped user id: country, dot, twenty digits. */
  userId(country: string): string {
    return `${country}.${this.nodeId()}${this.ids.int(1000, 9999)}`;
  }

  /** The id of a conversation: 32 hexadecimal digits. */
  conversationId(): string {
    return this.ids.bytes(16).toString('hex');
  }

  /** base64 of a SHA-256, for media that has no bytes. */
  sha256(): string {
    return this.ids.bytes(32).toString('base64');
  }

  /** The `fbtrace_id` of an answer: 23 characters of base64url that start with A. */
  trace(): string {
    return `A${this.traces.bytes(18).toString('base64url').slice(0, 22)}`;
  }
}
