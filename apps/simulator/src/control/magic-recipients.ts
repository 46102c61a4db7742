import { listErrorCodes } from '../graph/error-codes.js';
import { MAGIC_FAULTS } from '../faults/magic-faults.js';
import { magicCode, suffixOf } from '../faults/magic-recipient.js';
import type { MagicRecipientView } from './dto/fault-view.dto.js';

/** Every ending of a phone number that asks for something: Meta's codes first, then the faults. */
export function magicRecipients(): MagicRecipientView[] {
  const codes = listErrorCodes().map(({ code, title }) => {
    const suffix = suffixOf(code);
    const timing = magicCode(`0${suffix}`)?.timing ?? 'sync';
    return { suffix, kind: timing === 'sync' ? 'error' : 'failed', description: `${code} ${title}` };
  });
  const faults = [...MAGIC_FAULTS].map(([number, { kind, ...details }]) => ({
    suffix: String(number),
    kind,
    description: Object.entries(details)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  }));
  return [...codes, ...faults];
}
