import type { ChainRow, SpeakerRow } from '@parley/data';
import {
  addBusinessMinutes,
  customerText,
  isOpen,
  NEEDS_HUMAN_TAG,
  objectOf,
  readConsentWord,
  saidIn,
  type AutomationSettings,
  type BusinessHoursSettings,
  type ChainFacts,
  type ConsentSettings,
  type MessageKind,
} from '@parley/domain';

const MINUTE_MS = 60_000;

/** What a tenant decides about its chains. */
export interface ChainSettings {
  automations: AutomationSettings;
  hours: BusinessHoursSettings;
  consent: ConsentSettings;
}

/** What the rows and the tenant's settings say of a message, as the chain asks it. */
export function chainFacts(row: ChainRow, { automations, hours, consent }: ChainSettings): ChainFacts {
  const kind = row.kind as MessageKind;
  const content = objectOf(JSON.parse(row.content));
  const business = { ...hours, timeZone: row.timeZone };
  const said = saidIn(kind, content);
  const open = isOpen(business, row.now);
  return {
    kind,
    text: customerText(kind, content, row.transcript),
    displayContent: row.displayContent,
    arrivedAt: row.arrivedAt,
    isFirst: row.isFirst,
    isOpen: open,
    opensAt: open ? null : addBusinessMinutes(business, row.now, 0),
    language: row.language,
    numberId: row.numberId,
    ...speakerFacts(row, automations),
    intent: row.intent,
    intentConfidence: row.intentConfidence,
    echoEnabled: row.echoEnabled,
    isConsentWord: said !== null && readConsentWord(said, consent) !== null,
    hasTranscript: row.transcript !== null,
    hasFile: row.mediaId !== null,
    saidAwayFor: row.saidAwayFor,
  };
}

/** Who speaks for the business: what may change between the start of a chain and its answer. */
export function speakerFacts(
  { isAssigned, staffAt, tags, now }: SpeakerRow,
  { silenceMinutes }: AutomationSettings,
): Pick<ChainFacts, 'isAssigned' | 'isAgentActive' | 'isHandedOver'> {
  const isAgentActive = staffAt !== null && now.getTime() - staffAt.getTime() < silenceMinutes * MINUTE_MS;
  return { isAssigned, isAgentActive, isHandedOver: tags.includes(NEEDS_HUMAN_TAG) };
}
