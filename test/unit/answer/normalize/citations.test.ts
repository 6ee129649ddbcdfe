import { describe, expect, it } from 'vitest';
import { limits } from '../../../../server/domain/limits.ts';
import { message } from '../../domain/domain-samples.ts';
import { parseActivities } from '../../../support/read-activities.ts';

const messageEntity = (...citation: unknown[]) => ({
  type: 'https://schema.org/Message',
  '@type': 'Message',
  '@context': 'https://schema.org',
  '@id': '',
  additionalType: ['AIGeneratedContent'],
  citation,
});
const claim = (url: unknown, position = 1) => ({
  '@type': 'Claim',
  position,
  appearance: { '@type': 'DigitalDocument', name: 'Document', url },
});
const citationsOf = (...entities: unknown[]): readonly string[] =>
  parseActivities([message({ entities })]).citations;
const a = 'https://example.org/a';
const b = 'https://example.org/b';

describe('citations from entities', () => {
  it('are the addresses of the documents that a message refers to', () => {
    expect(citationsOf(messageEntity(claim(a), claim(b, 2)))).toEqual([a, b]);
  });

  it('are those of claims, wherever they name it', () => {
    const type = 'https://schema.org/Claim';
    expect(citationsOf({ type, appearance: { url: a } }, { type, url: b })).toEqual([a, b]);
    expect(citationsOf({ type, '@id': a, url: 'cite:1' })).toEqual([a]);
  });

  it('are web addresses only, each once, bounded', () => {
    const bad = ['javascript:alert(1)', 'data:text/html,x', 'page 3', 7, null, undefined, {}];
    expect(
      citationsOf(messageEntity(...bad.map((url) => claim(url)), null, 'x', claim(a), claim(a))),
    ).toEqual([a]);
    expect(citationsOf(messageEntity(claim(`${a}${'x'.repeat(limits.citationChars)}`)))).toEqual([]);
    const many = Array.from({ length: 200 }, (_, index) => claim(`${a}${index}`));
    expect(citationsOf(messageEntity(...many))).toHaveLength(limits.citations);
  });

  it('follow those of the structure, and repeat none of them', () => {
    const value = { action: 'ask', citations: [b] };
    const entities = [messageEntity(claim(a), claim(b))];
    expect(parseActivities([message({ value, entities })]).citations).toEqual([b, a]);
  });

  it('need no structure', () => {
    expect(
      parseActivities([message({ text: 'See [1].', entities: [messageEntity(claim(a))] })]),
    ).toMatchObject({
      parse: 'passthrough',
      parseIssues: [],
      citations: [a],
    });
  });
});

describe('entities that services put beside an answer', () => {
  it.each([
    [messageEntity()],
    [{ ...messageEntity(), action: 7, data: 'x' }],
    [{ type: 'streaminfo', action: 'ask', data: {} }],
    [{ type: 'streamInfo', action: 7 }],
    [{ type: 'mention', text: '<at>A</at>', mentioned: { id: 'a' }, data: 7 }],
    [{ type: 'clientInfo', locale: 'en', step: 7 }],
    [{ type: 'Place', data: 7 }],
    [{ type: 'https://schema.org/Claim', step: 7 }],
  ])('are neither structure nor a fault: %j', (entity) => {
    expect(parseActivities([message({ entities: [entity] })])).toMatchObject({
      parse: 'passthrough',
      parseIssues: [],
    });
  });

  it('do not hide structure among them', () => {
    const entities = [messageEntity(claim(a)), { type: 'turnkeeper', action: 'ask', data: { days: 3 } }];
    expect(parseActivities([message({ entities })])).toMatchObject({ parse: 'structured', citations: [a] });
  });
});
