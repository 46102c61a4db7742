import { fillPlaceholders, type SystemTx } from '@parley/data';
import { displayContent } from '@parley/domain';
import { inboundMediaOf } from '../media/inbound-media.js';
import type { AppliedItem, ItemOf, RoutedWork } from './inbound-item.js';
import { wamidKey } from './known-wamids.js';

/**
 * Puts files in the place of the placeholders that the history announced them by: what was known already turns out to be news.
 * By position; asks nothing where no copy brings a file.
 */
export async function fillWithFiles(
  tx: SystemTx,
  works: readonly RoutedWork<ItemOf<'message' | 'echo' | 'history'>>[],
  results: readonly AppliedItem[],
  now: Date,
): Promise<AppliedItem[]> {
  const files = works.flatMap(({ number, item: { content } }, at) => {
    const media = results[at]!.outcome === 'duplicate' ? inboundMediaOf(content) : null;
    if (media === null) return [];
    const { wamid, kind } = content;
    const text = displayContent(kind, content.content);
    return [{ tenantId: number.tenantId, numberId: number.id, wamid, kind, content: JSON.stringify(content.content), displayContent: text, at: content.at ?? now, media }];
  });
  const filled = new Map((await fillPlaceholders(tx, files)).map(({ numberId, wamid, id }) => [wamidKey(numberId, wamid), id]));
  return results.map((result, at) => {
    const { number, item } = works[at]!;
    const key = wamidKey(number.id, item.content.wamid);
    const id = result.outcome === 'duplicate' ? filled.get(key) : undefined;
    if (id === undefined) return result;
    filled.delete(key);
    return { outcome: 'applied', news: [{ resource: 'message', id, to: 'FILE_KNOWN', event: null }] };
  });
}
