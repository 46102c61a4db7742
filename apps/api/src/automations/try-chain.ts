import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import {
  addBusinessMinutes,
  automationReasonText,
  decideStep,
  displayContent,
  isOpen,
  readConsentWord,
  type BusinessHours,
  type ChainFacts,
  type ConsentSettings,
  type TenantId,
} from '@parley/domain';
import { Clock } from '@parley/platform';
import { found } from '../http/id.js';
import { SettingsStore } from '../settings/settings-store.js';
import type { TryChainBody } from './automation.dto.js';
import type { TriedChainView, TriedStepView } from './automations.view.js';

interface Surroundings {
  hours: BusinessHours;
  consent: ConsentSettings;
  echoEnabled: boolean;
}

/** Goes through the chain for a text, up to the first answer. Nothing is sent, and nobody is asked. */
@Injectable()
export class TryChain {
  constructor(
    private readonly db: TenantDb,
    private readonly settings: SettingsStore,
    private readonly clock: Clock,
  ) {}

  async try(tenantId: TenantId, body: TryChainBody): Promise<TriedChainView> {
    const { value: automations } = await this.settings.read(tenantId, 'automations');
    const facts = factsOf(body, await this.surroundings(tenantId), this.clock.now());
    const steps: TriedStepView[] = [];
    for (const step of automations.steps.filter(({ enabled }) => enabled)) {
      const { id, type } = step;
      const decision = decideStep(step, facts);
      const reason = decision.do === 'pass' ? decision.reason : null;
      const text = decision.do === 'answer' ? decision.text : null;
      const does = ({ pass: 'passes', answer: 'answers', work: 'asks' } as const)[decision.do];
      steps.push({ step: id, type, does, reason, reasonText: reason && automationReasonText(reason), text });
      if (does === 'answers') break;
    }
    return { steps };
  }

  private async surroundings(tenantId: TenantId): Promise<Surroundings> {
    const { value: hours } = await this.settings.read(tenantId, 'business-hours');
    const { value: consent } = await this.settings.read(tenantId, 'consent');
    const tenant = await this.db.run(tenantId, (tx) => tx.tenant.findUnique({ where: { id: tenantId }, select: { timeZone: true, echoEnabled: true } }));
    const { timeZone, echoEnabled } = found(tenant);
    return { hours: { ...hours, timeZone }, consent, echoEnabled };
  }
}

function factsOf(body: TryChainBody, { hours, consent, echoEnabled }: Surroundings, now: Date): ChainFacts {
  const { text, isVoice = false, at, isFirst = true, isAssigned = false, isAgentActive = false } = body;
  const arrivedAt = at === undefined ? now : new Date(at);
  const open = isOpen(hours, arrivedAt);
  return {
    kind: isVoice ? 'audio' : 'text',
    text,
    displayContent: isVoice ? displayContent('audio', { voice: true }) : displayContent('text', { body: text }),
    arrivedAt,
    isFirst,
    isOpen: open,
    opensAt: open ? null : addBusinessMinutes(hours, arrivedAt, 0),
    language: body.language ?? null,
    numberId: body.numberId ?? '',
    isAssigned,
    isAgentActive,
    isHandedOver: false,
    intent: body.intent ?? null,
    intentConfidence: body.intentConfidence ?? null,
    echoEnabled,
    isConsentWord: !isVoice && readConsentWord({ typed: text, chosen: [] }, consent) !== null,
    hasTranscript: false,
    hasFile: isVoice,
    saidAwayFor: [],
  };
}
