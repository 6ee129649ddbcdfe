import type { Message, SuggestedAction, SuggestedInput } from '@turnkeeper/client';

/** The answers to offer: those of the next field, and what the agent itself offers beside them, each once. */
export function offersOf(
  suggested: SuggestedInput | null,
  messages: readonly Message[],
): readonly SuggestedAction[] {
  const offered = [...fieldOffers(suggested), ...agentOffers(messages)];
  const known = new Set<string>();
  return offered.filter(({ value }) => {
    const key = value.trim().toLowerCase();
    if (key === '' || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function fieldOffers(suggested: SuggestedInput | null): readonly SuggestedAction[] {
  switch (suggested?.type) {
    case 'choice':
      return (suggested.choices ?? []).map((choice) => ({ title: choice, value: choice }));
    case 'confirmation':
      return [
        { title: 'Yes', value: 'yes' },
        { title: 'No', value: 'no' },
      ];
    case 'text':
    case 'none':
    case undefined:
      return [];
  }
}

/** What the newest turn's messages offer. */
function agentOffers(messages: readonly Message[]): readonly SuggestedAction[] {
  const newest = messages.at(-1)?.turn;
  return messages
    .filter(({ turn, role }) => turn === newest && role === 'assistant')
    .flatMap(({ suggestedActions }) => suggestedActions ?? []);
}
