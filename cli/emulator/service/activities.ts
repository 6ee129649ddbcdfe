/** Activities as Copilot Studio sends them (Activity protocol, Bot Framework schema 3.1). */

/** `more` adds to a message: `value`, `channelData`, `entities`, `attachments`, … */
export function text(words: string, more: object = {}): object {
  return { type: 'message', text: words, textFormat: 'markdown', ...more };
}

/** A message that carries the structured answer in its `value`. */
export function structured(words: string, value: object): object {
  return text(words, { value });
}

export function adaptiveCard(card: object, words = ''): object {
  return text(words, {
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  });
}

export function heroCard(content: object): object {
  return text('', { attachments: [{ contentType: 'application/vnd.microsoft.card.hero', content }] });
}

export function attachment(contentType: string, contentUrl: string, name?: string): object {
  const named = name === undefined ? {} : { name };
  return text('', { attachments: [{ contentType, contentUrl, ...named }] });
}

export function suggesting(words: string, choices: readonly string[]): object {
  const actions = choices.map((choice) => ({ type: 'imBack', title: choice, value: choice }));
  return text(words, { suggestedActions: { actions } });
}

/** A generative answer, which names its sources in an entity of schema.org. */
export function citing(words: string, urls: readonly string[]): object {
  const citation = urls.map((url, index) => ({
    '@type': 'Claim',
    position: index + 1,
    appearance: { '@type': 'DigitalDocument', name: url, url },
  }));
  const entity = { type: 'https://schema.org/Message', '@type': 'Message', '@context': 'https://schema.org' };
  return text(words, { entities: [{ ...entity, citation }] });
}

export function event(name: string, value?: unknown): object {
  return { type: 'event', name, ...(value === undefined ? {} : { value }) };
}

export const typing: object = { type: 'typing' };

export function endOfConversation(code = 'completedSuccessfully'): object {
  return { type: 'endOfConversation', code };
}

interface StreamedHow {
  readonly streamId?: string;
  /**
   * Copilot Studio sends deltas, and its own client joins them. Streaming of the Activity protocol sends the whole text
   * so far each time. `chunkType: 'delta'`, where it is given, tells them apart (BotFramework-WebChat,
   * LIVESTREAMING.md).
   */
  readonly pieces?: 'deltas' | 'cumulative';
  /** Place of the stream's facts: the `streaminfo` entity, or `channelData` for older services. */
  readonly factsIn?: 'entities' | 'channelData';
  /** A notice before the text, such as "Searching …"; it is no part of the text. */
  readonly informative?: string;
  /** Properties to add to the final message. */
  readonly more?: { readonly entities?: readonly object[] } & Readonly<Record<string, unknown>>;
}

/** A streamed text: typing activities, numbered from 1, then the message with the whole text. */
export function streamedText(pieces: readonly string[], how: StreamedHow = {}): object[] {
  const { streamId = 'stream-1', factsIn = 'entities', more = {} } = how;
  const isDelta = (how.pieces ?? 'deltas') === 'deltas';
  const facts = (streamType: string, streamSequence: number | null): object => {
    const named = { streamId, streamType, ...(streamSequence === null ? {} : { streamSequence }) };
    const chunk = isDelta && streamType === 'streaming' ? { chunkType: 'delta' } : {};
    return factsIn === 'channelData'
      ? { channelData: { ...named, ...chunk } }
      : { entities: [{ type: 'streaminfo', ...named, ...chunk }] };
  };
  const shown = how.informative === undefined ? [] : [how.informative];
  const informative = shown.map((words) => ({ type: 'typing', text: words, ...facts('informative', 1) }));
  const typed = pieces.map((piece, index) => ({
    type: 'typing',
    text: isDelta ? piece : pieces.slice(0, index + 1).join(''),
    ...facts('streaming', informative.length + index + 1),
  }));
  const final = { ...facts('final', null), ...more };
  const entities = [...entitiesOf(facts('final', null)), ...(more.entities ?? [])];
  return [
    ...informative,
    ...typed,
    text(pieces.join(''), { ...final, ...(entities.length > 0 ? { entities } : {}) }),
  ];
}

function entitiesOf(facts: object): readonly object[] {
  return 'entities' in facts && Array.isArray(facts.entities) ? (facts.entities as object[]) : [];
}
