declare const tenantId: unique symbol;

/**
 * The id of a tenant that somebody proved: an API key, a JWT, or a row of the database. Sets run above row level
 * security, so they take this type and never a string from a request.
 */
export type TenantId = string & { readonly [tenantId]: true };

/** Call it only where the proof is: authentication, and rows that the database returned. */
export function provenTenant(id: string): TenantId {
  return id as TenantId;
}
