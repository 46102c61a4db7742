/** When an event came into the ledger: a UUIDv7 begins with its milliseconds. */
export function writtenAt(eventId: string): Date {
  return new Date(Number.parseInt(eventId.replaceAll('-', '').slice(0, 12), 16));
}
