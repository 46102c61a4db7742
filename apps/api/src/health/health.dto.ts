import { ApiProperty, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import type { ComponentHealth } from '@parley/platform';

const STATUSES = ['ok', 'degraded', 'down'] as const;

export class LivenessView {
  @ApiProperty({ enum: ['ok'], examples: ['ok'] })
  status!: 'ok';
}

export class ComponentHealthView {
  @ApiProperty({ description: 'degraded: it answers, but slowly.', enum: STATUSES, examples: ['ok'] })
  status!: (typeof STATUSES)[number];

  @ApiProperty({ examples: [1] })
  latencyMs!: number;
}

@ApiExtraModels(ComponentHealthView)
export class HealthView {
  @ApiProperty({
    description: 'degraded: requests are served, though not everything is well.',
    enum: STATUSES,
    examples: ['ok'],
  })
  status!: (typeof STATUSES)[number];

  @ApiProperty({
    description: 'postgres, redis, graph.',
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(ComponentHealthView) },
    examples: [
      {
        postgres: { status: 'ok', latencyMs: 1 },
        redis: { status: 'ok', latencyMs: 1 },
        graph: { status: 'ok', latencyMs: 80 },
      },
    ],
  })
  components!: Readonly<Record<string, ComponentHealth>>;
}
