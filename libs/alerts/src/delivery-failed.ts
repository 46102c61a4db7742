/** A channel did not take a message. `message` is for its owner: it says what was answered, and holds no secret. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';

  constructor(
    message: string,
    readonly details: {
      /** The same message will never be taken. */
      readonly permanent?: boolean;
      /** When the channel asks to be asked again, in ms. */
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
  }
}
