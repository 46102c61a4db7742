/** The slices of the API that a scope can open. */
export const SCOPE_SLICES = [
  'tenants',
  'settings',
  'users',
  'keys',
  'apps',
  'numbers',
  'templates',
  'messages',
  'dead-letters',
  'campaigns',
  'notifications',
  'media',
  'conversations',
  'contacts',
  'consents',
  'alerts',
  'stats',
] as const;

export type ScopeSlice = (typeof SCOPE_SLICES)[number];

/** A right: to read or to change one slice. `tenants` is about other organisations, `settings` about one's own. */
export type Scope = `${ScopeSlice}:${'read' | 'write'}`;

/** Every scope. Whatever is not listed here does not exist, and a key that names it is refused. */
export const SCOPES: readonly Scope[] = SCOPE_SLICES.flatMap((slice): Scope[] => [`${slice}:read`, `${slice}:write`]);

/** Who acts: the operator's own key, an organisation's administrator, or someone who answers customers. */
export const ROLES = ['platform', 'admin', 'agent'] as const;

export type Role = (typeof ROLES)[number];

/** What each role may do. Only the platform's own key sees or makes organisations. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  platform: SCOPES,
  admin: SCOPES.filter((scope) => !scope.startsWith('tenants:')),
  agent: [
    'settings:read',
    'numbers:read',
    'templates:read',
    'messages:read',
    'messages:write',
    'dead-letters:read',
    'media:read',
    'media:write',
    'conversations:read',
    'conversations:write',
    'contacts:read',
    'contacts:write',
    'consents:read',
    'consents:write',
    'stats:read',
  ],
};

/** True when the text is one of our scopes. */
export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
