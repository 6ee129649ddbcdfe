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

/** Generative answers name their sources in an entity of schema.org's kind. */
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
