import type { AlertKind, IncidentOf } from './alert.js';

/** A figure of one tenant. */
export interface TenantCount {
  readonly tenantId: string;
  readonly count: number;
}

/** A number, and how often something happened to it. */
export interface NumberCount extends TenantCount {
  readonly numberId: string;
  readonly displayPhoneNumber: string;
}

/** The id under which the platform's own incidents stand. */
export const PLATFORM_OBJECT = 'platform';

/** What a rule says itself; whose it is comes from the functions below. */
export type Made<K extends AlertKind> = Omit<IncidentOf<K>, 'tenantId' | 'objectType' | 'objectId' | 'subject'>;

/** An incident of all of a tenant. */
export const ofTenant = <K extends AlertKind>(tenantId: string, made: Made<K>): IncidentOf<K> => ({
  ...made,
  tenantId,
  objectType: 'tenant',
  objectId: tenantId,
  subject: null,
});

/** One of the platform. */
export const ofPlatform = <K extends AlertKind>(made: Made<K>): IncidentOf<K> => ({
  ...made,
  tenantId: null,
  objectType: 'platform',
  objectId: PLATFORM_OBJECT,
  subject: null,
});

/** One of a number. */
export const ofNumber = <K extends AlertKind>({ tenantId, numberId, displayPhoneNumber }: Omit<NumberCount, 'count'>, made: Made<K>): IncidentOf<K> => ({
  ...made,
  tenantId,
  objectType: 'number',
  objectId: numberId,
  subject: displayPhoneNumber,
});
