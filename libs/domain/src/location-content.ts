import type { ContentFaults } from './content-faults.js';
import type { JsonObject } from './json.js';

/** A place on a map. */
export interface LocationContent {
  /** Degrees, -90 to 90. */
  latitude: number;
  /** Degrees, -180 to 180. */
  longitude: number;
  name?: string;
  address?: string;
}

const MEMBERS = ['latitude', 'longitude', 'name', 'address'];
/** A tenth of a metre. Below it JavaScript would write a number with an exponent. */
const LEAST_DEGREES = 1e-6;

export function checkLocationContent(given: unknown, at: string, faults: ContentFaults): void {
  const location = faults.object(given, at, MEMBERS);
  if (!location) return;
  checkDegrees(location.latitude, 90, `${at}/latitude`, faults);
  checkDegrees(location.longitude, 180, `${at}/longitude`, faults);
  faults.text(location, 'name', at, { optional: true });
  faults.text(location, 'address', at, { optional: true });
}

/** As Meta's examples have it: the coordinates are text. */
export function graphLocation({ latitude, longitude, name, address }: LocationContent): JsonObject {
  return {
    latitude: degreesText(latitude),
    longitude: degreesText(longitude),
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
  };
}

function checkDegrees(value: unknown, limit: number, at: string, faults: ContentFaults): void {
  if (value === undefined) faults.missing(at, `A number from -${limit} to ${limit} is needed here.`);
  else if (typeof value !== 'number' || !(Math.abs(value) <= limit)) {
    faults.invalid(at, `This must be a number from -${limit} to ${limit}.`);
  }
}

function degreesText(degrees: number): string {
  return Math.abs(degrees) < LEAST_DEGREES ? '0' : String(degrees);
}
