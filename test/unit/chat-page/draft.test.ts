import type { ConversationView } from '@turnkeeper/client/react';
import { describe, expect, test } from 'vitest';
import {
  canSend,
  countOf,
  excessOf,
  maxTextLength,
  parseSentText,
  sentOutcomeOf,
  withText,
  withoutText,
} from '../../../apps/chat/src/composer/draft.ts';
import { limits } from '../../../server/domain/limits.ts';

const sent = { turnId: 't-2', text: ' Bergen ', after: 1 };
const none = { messages: [], live: null, connection: 'live', status: 'active' } as const;
const said = (turn: number, delivery: 'stored' | 'sending'): ConversationView['messages'] => [
  { id: `${turn}.0`, role: 'user', turn, kind: 'text', text: 'Bergen', delivery },
];

describe('a text that was sent before the page was reloaded', () => {
  test('is stored if a later turn holds it', () => {
    expect(sentOutcomeOf(sent, { ...none, messages: said(2, 'stored') })).toBe('stored');
    expect(sentOutcomeOf(sent, { ...none, messages: said(1, 'stored') })).toBe('lost');
    expect(sentOutcomeOf(sent, { ...none, messages: said(2, 'sending') })).toBe('lost');
  });

  test('is running while its turn runs, and unknown until the watch has connected', () => {
    const live = { turnId: 't-2', typing: true, typingText: null, isOfFailedTry: false, texts: [] };
    expect(sentOutcomeOf(sent, { ...none, live })).toBe('running');
    expect(sentOutcomeOf(sent, { ...none, live: { ...live, turnId: 't-3' } })).toBe('lost');
    expect(sentOutcomeOf(sent, { ...none, connection: 'connecting' })).toBe('unknown');
    expect(sentOutcomeOf(sent, { ...none, connection: 'interrupted' })).toBe('lost');
    expect(sentOutcomeOf(sent, { ...none, connection: 'connecting', status: 'unopened' })).toBe('lost');
  });

  test('is put in front of the newer draft, once, and can be removed again', () => {
    expect(withText('', 'Bergen')).toBe('Bergen');
    expect(withText('Or Oslo', 'Bergen')).toBe('Bergen\nOr Oslo');
    for (const draft of ['Bergen', 'Bergen\nOr Oslo']) expect(withText(draft, 'Bergen')).toBe(draft);
    expect(withoutText('Bergen\nOr Oslo', 'Bergen')).toBe('Or Oslo');
    expect(withoutText('Bergen', 'Bergen')).toBe('');
    expect(withoutText('Bergen!', 'Bergen')).toBe('Bergen!');
  });

  test('is read from the tab’s storage; anything malformed is ignored', () => {
    expect(parseSentText(JSON.stringify(sent))).toEqual(sent);
    for (const kept of ['', '{', 'null', '{"turnId":"t"}', '[]']) expect(parseSentText(kept)).toBeNull();
  });
});

describe('the limit of a text', () => {
  test('is the server’s, without the space around the text', () => {
    expect(maxTextLength).toBe(limits.textChars);
    expect(canSend(`  ${'a'.repeat(maxTextLength)}\n`)).toBe(true);
    expect(canSend('a'.repeat(maxTextLength + 1))).toBe(false);
    expect(canSend(' \n')).toBe(false);
  });

  test('is shown with the length of a longer text', () => {
    expect(excessOf('a'.repeat(9_120))).toBe('9,120 of 8,000 characters');
    expect(excessOf('a'.repeat(8_000))).toBeNull();
  });
});

describe('the count of a text against its field’s limit', () => {
  test('is shown while one types, and says when the limit is passed', () => {
    expect(countOf('', 140)).toBeNull();
    expect(countOf('Bergen', null)).toBeNull();
    expect(countOf(' Bergen ', 140)).toEqual({ words: '6 of 140 characters', isOver: false });
    expect(countOf('a'.repeat(1_500), 140)).toEqual({ words: '1,500 of 140 characters', isOver: true });
  });
});
