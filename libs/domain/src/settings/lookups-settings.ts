import type { FieldError } from '../domain-error.js';

/** Where a tenant's own system answers who a customer is and what was ordered. */
export interface LookupsSettings {
  /** Its base address; null: nothing is looked up. */
  url: string | null;
}

export const DEFAULT_LOOKUPS: LookupsSettings = { url: null };

/** What an address of the open internet is, only the installation knows (`HTTP_ALLOWED_ORIGINS`): the controller asks. */
export function checkLookups({ url }: LookupsSettings): FieldError[] {
  if (url === null || (URL.canParse(url) && !/[?#]/.test(url))) return [];
  return [{ pointer: '/url', code: 'field.invalid', detail: 'This must be an address without a query, such as https://erp.example.ro/parley, or null.' }];
}
