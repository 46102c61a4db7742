import type { TextSource } from '@parley/data';
import { objectOf, textOf } from '@parley/domain';

/** What the line of a kind without words begins with: `[image] `. */
const LABEL = /^\[[^\]]*\]\s*/;

/** The texts by which a message is found: what it says, what was said in it, who it is with, and the tenant's id of the order. */
export function searchableFields({ kind, displayContent, content, transcript, contactName, orderId }: TextSource): string[] {
  const line = kind === 'text' ? displayContent : displayContent.replace(LABEL, '');
  const said = content === null ? [line] : wholeTexts(content, line);
  return [...said, transcript, contactName, orderId].filter((field) => field !== null && field !== '') as string[];
}

/** Of a line that was cut off: what stands in the content. */
function wholeTexts(json: string, line: string): string[] {
  const content = objectOf(JSON.parse(json) as unknown);
  const texts = [textOf(content.body), textOf(content.text), textOf(content.caption), textOf(objectOf(content.body).text)];
  const whole = texts.filter((text) => text !== null);
  return whole.length > 0 ? whole : [line];
}
