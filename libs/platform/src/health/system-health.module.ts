import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { SystemHealth, type HealthProbe } from './system-health.js';

export interface SystemHealthOptions<Dependencies extends readonly unknown[]> {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject: { readonly [At in keyof Dependencies]: InjectionToken<Dependencies[At]> };
  /** What this process depends on. */
  readonly probes: (...dependencies: Dependencies) => readonly HealthProbe[];
}

/** Provides SystemHealth. Each process names its own probes and serves the answer itself. */
@Module({})
export class SystemHealthModule {
  static forProbes<Dependencies extends readonly unknown[]>(options: SystemHealthOptions<Dependencies>): DynamicModule {
    return {
      module: SystemHealthModule,
      imports: [TerminusModule.forRoot({ logger: false }), ...(options.imports ?? [])],
      providers: [
        {
          provide: SystemHealth,
          useFactory: (indicators: HealthIndicatorService, ...dependencies: unknown[]) =>
            new SystemHealth(indicators, options.probes(...(dependencies as unknown as Dependencies))),
          inject: [HealthIndicatorService, ...(options.inject as readonly InjectionToken[])],
        },
      ],
      exports: [SystemHealth],
    };
  }
}
