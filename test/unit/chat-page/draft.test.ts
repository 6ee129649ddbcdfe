import type { ConversationView } from '@turnkeeper/client/react';
import { describe, expect, test } from 'vitest';
import {
  fateOf,
  parseSentWords,
  withWords,
  withoutWords,
} from '../../../apps/chat/src/composer/sent-words.ts';

const sent = { turnId: 't-2', text: ' Bergen ', after: 1 };
const none = { messages: [], live: null, connection: 'live', status: 'active' } as const;
const said = (turn: number, delivery: 'stored' | 'sending'): ConversationView['messages'] => [
  { id: `${turn}.0`, role: 'user', turn, kind: 'text', text: 'Bergen', delivery },
];

describe('words that were sent before the page was loaded again', () => {
  test('are stored where a later turn says them', () => {
    expect(fateOf(sent, { ...none, messages: said(2, 'stored') })).toBe('stored');
    expect(fateOf(sent, { ...none, messages: said(1, 'stored') })).toBe('lost');
    expect(fateOf(sent, { ...none, messages: said(2, 'sending') })).toBe('lost');
  });

  test('are on their way while their turn runs, and nobody knows before the watch has told', () => {
    const live = { turnId: 't-2', typing: true, typingText: null, texts: [] };
    expect(fateOf(sent, { ...none, live })).toBe('running');
    expect(fateOf(sent, { ...none, live: { ...live, turnId: 't-3' } })).toBe('lost');
    expect(fateOf(sent, { ...none, connection: 'connecting' })).toBe('unknown');
    expect(fateOf(sent, { ...none, connection: 'interrupted' })).toBe('lost');
    expect(fateOf(sent, { ...none, connection: 'connecting', status: 'unopened' })).toBe('lost');
  });

  test('are put back before what has been written since, once, and can be taken out again', () => {
    expect(withWords('', 'Bergen')).toBe('Bergen');
    expect(withWords('Or Oslo', 'Bergen')).toBe('Bergen\nOr Oslo');
    for (const draft of ['Bergen', 'Bergen\nOr Oslo']) expect(withWords(draft, 'Bergen')).toBe(draft);
    expect(withoutWords('Bergen\nOr Oslo', 'Bergen')).toBe('Or Oslo');
    expect(withoutWords('Bergen', 'Bergen')).toBe('');
    expect(withoutWords('Bergen!', 'Bergen')).toBe('Bergen!');
  });

  test('are read from what the tab has kept; anything else is none', () => {
    expect(parseSentWords(JSON.stringify(sent))).toEqual(sent);
    for (const kept of ['', '{', 'null', '{"turnId":"t"}', '[]']) expect(parseSentWords(kept)).toBeNull();
  });
});
