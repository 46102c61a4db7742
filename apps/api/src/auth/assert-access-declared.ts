import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Access } from './access.decorators.js';

/** Routes that say nothing about who may call them; the process does not start with one. */
export class AccessUndeclared extends Error {
  constructor(readonly routes: readonly string[]) {
    super(
      `These routes lack @RequireScope, @RequirePlatform or @Public:\n${routes.map((route) => `  - ${route}`).join('\n')}`,
    );
  }
}

/** What Nest marks the handler of a route with. */
const PATH = 'path';

/** Walks every controller at boot. @throws AccessUndeclared */
@Injectable()
export class AssertAccessDeclared implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const undeclared = this.routes().filter(({ access }) => access === undefined);
    if (undeclared.length > 0) throw new AccessUndeclared(undeclared.map(({ name }) => name));
  }

  /** Every route with its declaration. */
  routes(): { readonly name: string; readonly access: Access | undefined }[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      // Every controller is a class; Nest types wrappers for all kinds of providers.
      const controller = metatype as new () => Record<string, () => unknown>;
      const prototype = controller.prototype as Record<string, () => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((method) => ({ method, handler: prototype[method] as () => unknown }))
        .filter(({ handler }) => this.reflector.get<unknown>(PATH, handler) !== undefined)
        .map(({ method, handler }) => ({
          name: `${controller.name}.${method}`,
          access: this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [handler, controller]),
        }));
    });
  }
}
