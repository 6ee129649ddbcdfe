import { limits } from '../../domain/limits.ts';
import type { Draft } from './draft.ts';
import type { Reading } from './reading.ts';

/** As many messages as a turn may have, and as much in them. */
export function boundDrafts(drafts: readonly Draft[], reading: Reading): Draft[] {
  const kept: Draft[] = [];
  let chars = 0;
  for (const draft of drafts) {
    if (kept.length === limits.messagesPerTurn) {
      reading.report(`messages: only the first ${limits.messagesPerTurn} were taken`);
      break;
    }
    chars += JSON.stringify(draft).length;
    if (chars > limits.messagesChars) {
      reading.report(`messages: what goes beyond ${limits.messagesChars} characters was left out`);
      break;
    }
    kept.push(draft);
  }
  return kept;
}
