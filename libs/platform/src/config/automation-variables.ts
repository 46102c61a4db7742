import { IsOptional } from 'class-validator';
import { AlertVariables } from './alert-variables.js';
import { baseUrl } from './parsers.js';
import { Integer, IsUrlOf, Variable } from './variable.js';

const group = 'Automations';

/** Whom automatic answers ask where a tenant names no endpoint of its own, and how long and how often. Part of Config. */
export abstract class AutomationVariables extends AlertVariables {
  @Variable({
    group,
    parse: baseUrl,
    example: 'https://api.openai.com/v1',
    description: 'An OpenAI-compatible endpoint whose /chat/completions answers customers. Unset: only tenants with an endpoint of their own have such answers.',
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly AI_URL?: string;

  @Variable({ group, secret: true, description: 'The API key for AI_URL. Unset: none is shown.' })
  @IsOptional()
  readonly AI_KEY?: string;

  @Variable({ group, default: 'gpt-4o-mini', description: 'The model that is asked at AI_URL.' })
  readonly AI_MODEL!: string;

  @Integer({
    group,
    default: '200000',
    range: [0, 1_000_000_000],
    description: "Tokens of AI_URL that one organisation may use in a day, whatever its own budget. At most one answer more than that is given.",
  })
  readonly AI_TENANT_DAILY_TOKENS!: number;

  @Variable({
    group,
    parse: baseUrl,
    example: 'https://api.openai.com/v1',
    description: 'An OpenAI-compatible endpoint whose /audio/transcriptions makes text of voice notes.',
  })
  @IsOptional()
  @IsUrlOf('http', 'https')
  readonly TRANSCRIPTION_URL?: string;

  @Variable({ group, secret: true, description: 'The API key for TRANSCRIPTION_URL. Unset: none is shown.' })
  @IsOptional()
  readonly TRANSCRIPTION_KEY?: string;

  @Variable({ group, default: 'whisper-1', description: 'The model that is asked at TRANSCRIPTION_URL.' })
  readonly TRANSCRIPTION_MODEL!: string;

  @Integer({ group, default: '10000', range: [10, 60_000], description: "How long a tenant's bot may take to answer, in milliseconds." })
  readonly BOT_TIMEOUT_MS!: number;

  @Integer({ group, default: '30000', range: [10, 120_000], description: 'How long a language model may take to answer, in milliseconds.' })
  readonly AI_TIMEOUT_MS!: number;

  @Integer({ group, default: '10000', range: [10, 60_000], description: 'How long finding the intent of a message may take, in milliseconds.' })
  readonly INTENT_TIMEOUT_MS!: number;

  @Integer({ group, default: '60000', range: [10, 300_000], description: 'How long the text of a voice note may take, in milliseconds.' })
  readonly TRANSCRIPTION_TIMEOUT_MS!: number;

  @Integer({ group, default: '16', range: [1, 500], description: 'Slow steps of automatic answers that one worker process has under way at a time.' })
  readonly AUTOMATION_CONCURRENCY!: number;

  @Integer({ group, default: '4', range: [1, 100], description: 'How many of them may be of one organisation.' })
  readonly AUTOMATION_TENANT_CONCURRENCY!: number;
}
