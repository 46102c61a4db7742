import { Injectable } from '@nestjs/common';
import { reserveTokens, settleTokens, SystemDb } from '@parley/data';
import { isJsonObject, listOf, objectOf, textOf, type JsonObject, type StepEndpoint, type TenantId } from '@parley/domain';
import { Config, Metrics } from '@parley/platform';
import { Endpoints, jsonOf, type EndpointCall } from './endpoints.js';
import { StepFailed } from './step-failed.js';
import { StepSecrets } from './step-secrets.js';

export interface ChatQuestion extends Pick<EndpointCall, 'tenantId' | 'step'> {
  /** The tenant's own; the operator's where there is none. */
  readonly endpoint: StepEndpoint | undefined;
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  readonly maxTokens: number;
  /** Further members of the request. */
  readonly options: JsonObject;
  /** Tokens that the tenant gives a day; null: as many as it takes. */
  readonly dailyTokens: number | null;
}

export interface ChatAnswer {
  readonly text: string | null;
  /** Names of the tools that the model wants. */
  readonly tools: readonly string[];
  readonly tokens: number;
}

/** What each message costs beside its text. */
const TOKENS_BESIDE = 16;

/** Asks an OpenAI-compatible POST /chat/completions, within the tenant's tokens of the day. */
@Injectable()
export class AskChat {
  constructor(
    private readonly db: SystemDb,
    private readonly endpoints: Endpoints,
    private readonly secrets: StepSecrets,
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** @throws StepFailed, budget-spent before anybody is asked */
  async ask(question: ChatQuestion, signal: AbortSignal): Promise<ChatAnswer> {
    const { tenantId, endpoint, dailyTokens, messages, maxTokens } = question;
    const operatorsTokens = endpoint ? null : this.config.AI_TENANT_DAILY_TOKENS;
    const budget = Math.min(dailyTokens ?? Number.MAX_SAFE_INTEGER, operatorsTokens ?? Number.MAX_SAFE_INTEGER);
    const call = await this.callOf(question);
    const most = mostTokens(messages) + maxTokens;
    const day = await reserveTokens(this.db, tenantId, most, budget);
    if (day === null) throw new StepFailed('budget-spent');
    let used: number | null = 0;
    try {
      const response = await this.endpoints.post(call, signal);
      used = null;
      const answer = objectOf(jsonOf(response));
      used = usedTokens(answer);
      this.metrics.add('automation_tokens_total', used ?? most);
      return { ...choiceOf(answer), tokens: used ?? most };
    } finally {
      // An endpoint that says nothing of its use has used what was set aside; one that did not answer has used nothing.
      await settleTokens(this.db, tenantId, day, (used ?? most) - most, used === 0 ? 0 : 1);
    }
  }

  private async callOf({ tenantId, step, endpoint, messages, maxTokens, options }: ChatQuestion): Promise<EndpointCall> {
    const { url, model, key } = await this.target(tenantId, step.id, endpoint);
    const body = JSON.stringify({ model, messages, max_tokens: maxTokens, ...options });
    const headers = { 'content-type': 'application/json', ...(key !== null && { authorization: `Bearer ${key}` }) };
    return { tenantId, step, url: `${url}/chat/completions`, isOperators: !endpoint, headers, body };
  }

  private async target(tenantId: TenantId, step: string, endpoint: StepEndpoint | undefined): Promise<{ url: string; model: string; key: string | null }> {
    const { AI_URL, AI_KEY, AI_MODEL } = this.config;
    if (endpoint) {
      const url = endpoint.url.replace(/\/+$/, '');
      return { url, model: endpoint.model ?? AI_MODEL, key: await this.secrets.find(tenantId, step, url) };
    }
    if (AI_URL === undefined) throw new StepFailed('not-configured');
    return { url: AI_URL, model: AI_MODEL, key: AI_KEY ?? null };
  }
}

/** More than they can be: a token is one byte at least. */
function mostTokens(messages: ChatQuestion['messages']): number {
  return messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + TOKENS_BESIDE, 0);
}

function usedTokens({ usage }: JsonObject): number | null {
  const total = objectOf(usage).total_tokens;
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null;
}

function choiceOf({ choices }: JsonObject): Omit<ChatAnswer, 'tokens'> {
  const [choice] = listOf(choices);
  const { message } = objectOf(choice);
  if (!isJsonObject(message)) throw new StepFailed('answer-invalid');
  const tools = listOf(message.tool_calls).flatMap((tool) => textOf(objectOf(objectOf(tool).function).name) ?? []);
  return { text: textOf(message.content)?.trim() || null, tools };
}
