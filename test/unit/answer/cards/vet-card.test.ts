import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../workflows/definition/json.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';
import { vetCard } from '../../../../server/answer/cards/vet-card.ts';
import { deepFreeze } from '../../domain/domain-samples.ts';
import { approval, cardOf, tripForm, usualRules } from './sample-cards.ts';
import { costBeside } from '../../../support/time.ts';

const hosts: CardRules = {
  allowedActions: null,
  allowedHosts: ['example.com', '*.docs.example', 'dev.example:8443', 'xn--bcher-kva.example'],
};

const link = (url: Json): Json => ({ type: 'Action.OpenUrl', title: 'Open', url });

/** Returns the address with which a link is kept; null if the link is removed. */
function keptUrl(url: Json, rules = hosts): unknown {
  const { card } = vetCard(link(url), rules);
  return card === null || typeof card !== 'object' || Array.isArray(card) ? card : card['url'];
}

describe('a card with allowed contents', () => {
  it.each([
    ['a form', tripForm],
    ['a card within a card', approval],
    ['what is no card', 'text'],
    ['an empty list in a list', [[], null, [null, 1]]],
  ])('is kept as it is: %s', (_, card) => {
    expect(vetCard(deepFreeze(card), usualRules)).toEqual({ card, issues: [] });
  });

  it('may open cards, show and hide, and clear its inputs', () => {
    const actions: Json[] = [
      { type: 'Action.ShowCard', card: cardOf([]) },
      { type: 'Action.ToggleVisibility', targetElements: ['a', { elementId: 'b', isVisible: true }] },
      { type: 'Action.ResetInputs', targetInputIds: ['a'] },
    ];
    const card = cardOf([], actions);
    expect(vetCard(card, usualRules)).toEqual({ card, issues: [] });
  });
});

describe('a link', () => {
  it.each([
    ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['http://example.com/', 'http://example.com/'],
    ['https://example.com:443/', 'https://example.com/'],
    ['https://EXAMPLE.com', 'https://example.com/'],
    ['https://a.docs.example/', 'https://a.docs.example/'],
    ['https://a.b.docs.example/', 'https://a.b.docs.example/'],
    ['https://dev.example:8443/', 'https://dev.example:8443/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https:example.com/a', 'https://example.com/a'],
    ['https:\\\\example.com\\a', 'https://example.com/a'],
    ['https://exam\tple.com/', 'https://example.com/'],
  ])('to an allowed host is kept, spelt as it was judged: %j', (url, kept) => {
    expect(keptUrl(url)).toBe(kept);
  });

  it.each([
    'https://other.example/',
    'https://sub.example.com/',
    'https://notexample.com/',
    'https://example.com.other.example/',
    'https://docs.example/',
    'https://notdocs.example/',
    'https://dev.example/',
    'https://example.com:8443/',
    'https://example.com./',
    'https://example.com@other.example/',
    'https://example.com%2f@other.example/',
    'https://user:secret@example.com/',
    'https://other.example\\@example.com/',
    'https://other.example/https://example.com/',
    'https://other.example#@example.com/',
    'https://exаmple.com/',
    '//example.com/',
    '/a',
    'example.com',
    '',
    'javascript:alert(1)//https://example.com/',
    ' javascript:alert(1)',
    'data:text/html,example.com',
    'file:///etc/passwd',
    'ms-word:ofe|u|https://example.com/a.docx',
    null,
    5,
    ['https://example.com/'],
    { toString: 'https://example.com/' },
  ])('that leads anywhere else is removed: %j', (url) => {
    expect(keptUrl(url)).toBeNull();
  });

  it('leads nowhere where the workflow allows no host', () => {
    expect(keptUrl('https://example.com/', usualRules)).toBeNull();
  });

  it.each<[string, (action: Json) => Json]>([
    ['among its actions', (action) => cardOf([], [action])],
    ['on the whole card', (action) => ({ type: 'AdaptiveCard', selectAction: action })],
    [
      'in a set of actions in a column',
      (action) =>
        cardOf([
          {
            type: 'ColumnSet',
            columns: [{ type: 'Column', items: [{ type: 'ActionSet', actions: [action] }] }],
          },
        ]),
    ],
    ['on an image', (action) => cardOf([{ type: 'Image', url: 'https://a.example', selectAction: action }])],
    ['beside an input', (action) => cardOf([{ type: 'Input.Text', id: 'a', inlineAction: action }])],
    [
      'in a cell of a table',
      (action) =>
        cardOf([
          {
            type: 'Table',
            rows: [{ type: 'TableRow', cells: [{ type: 'TableCell', items: [], selectAction: action }] }],
          },
        ]),
    ],
    [
      'in a text run',
      (action) =>
        cardOf([{ type: 'RichTextBlock', inlines: ['a', { type: 'TextRun', selectAction: action }] }]),
    ],
    [
      'on a card that opens within it',
      (action) => cardOf([], [{ type: 'Action.ShowCard', card: cardOf([], [action]) }]),
    ],
    ["in another action's place", (action) => cardOf([], [{ type: 'Action.Submit', fallback: action }])],
    [
      "in another element's place",
      (action) => cardOf([{ type: 'Chart.New', fallback: { items: [action] } }]),
    ],
    ['in a menu', (action) => cardOf([], [{ type: 'Action.Submit', menuActions: [action] }])],
    [
      'where no action was ever seen',
      (action) => cardOf([{ type: 'Hologram', corners: [[{ deep: action }]] }]),
    ],
  ])('is found in every place: %s', (_, around) => {
    const { card, issues } = vetCard(around(link('https://other.example/')), hosts);
    expect(JSON.stringify(card)).not.toContain('OpenUrl');
    expect(issues).toEqual([
      'removed the action "Action.OpenUrl" from a card: its host "other.example" is not among those that the workflow allows',
    ]);
    const allowed = around(link('https://example.com/'));
    expect(vetCard(allowed, hosts)).toEqual({ card: allowed, issues: [] });
  });
});

describe('an action that submits', () => {
  const some: CardRules = { allowedActions: ['approve', 'send'], allowedHosts: [] };

  it('is kept where the workflow allows its name: its verb, else its id', () => {
    const actions: Json[] = [
      { type: 'Action.Execute', verb: 'approve', id: 'x' },
      { type: 'Action.Submit', id: 'send' },
    ];
    expect(vetCard(cardOf([], actions), some)).toEqual({ card: cardOf([], actions), issues: [] });
  });

  it('is removed where it has another name, or none', () => {
    const actions: Json[] = [
      { type: 'Action.Execute', verb: 'reject', id: 'approve' },
      { type: 'Action.Submit', id: 'Send' },
      { type: 'Action.Submit' },
    ];
    const { card, issues } = vetCard(cardOf([], actions), some);
    expect(card).toEqual(cardOf([], []));
    expect(issues).toHaveLength(3);
    expect(issues[0]).toBe(
      'removed the action "Action.Execute" named "reject" from a card: it is not among the actions that the workflow allows',
    );
  });

  it('is removed where its name is longer than names are, whatever the workflow allows', () => {
    const longest = 'n'.repeat(200);
    const tooLong = 'n'.repeat(100_000);
    const kept: Json[] = [
      { type: 'Action.Execute', verb: longest, id: tooLong },
      { type: 'Action.Submit', id: longest },
      { type: 'Action.ShowCard', id: tooLong, card: cardOf([]) },
    ];
    expect(vetCard(cardOf([], kept), usualRules)).toEqual({ card: cardOf([], kept), issues: [] });
    const named: CardRules = { allowedActions: [tooLong], allowedHosts: [] };
    for (const rules of [usualRules, named]) {
      for (const action of [
        { type: 'Action.Execute', verb: tooLong, id: 'x' },
        { type: 'Action.Submit', id: tooLong },
        { type: 'Action.Submit', id: `${longest}n` },
      ]) {
        const { card, issues } = vetCard(cardOf([], [action]), rules);
        expect(card).toEqual(cardOf([], []));
        expect(issues).toEqual([
          `removed the action "${action.type}" named "${'n'.repeat(60)}" from a card: its name is longer than 200 characters`,
        ]);
      }
    }
  });

  it('keeps its data unchanged, whatever its form', () => {
    const data = {
      next: link('https://other.example/'),
      refresh: 1,
      actions: [{ type: 'x' }],
      url: 'javascript:1',
      iconUrl: 'file:///etc/passwd',
    };
    const card = cardOf([], [{ type: 'Action.Submit', data }]);
    expect(vetCard(card, usualRules)).toEqual({ card, issues: [] });
  });
});

describe('a resource that a client loads when it renders a card', () => {
  const png = 'data:image/png;base64,AAAA';
  const image = (url: Json): Json => cardOf([{ type: 'Image', url, altText: 'A' }]);
  const source = (url: Json): Json => ({
    type: 'Media',
    sources: [{ mimeType: 'video/mp4', url }],
    captionSources: [{ mimeType: 'vtt', label: 'English', url }],
  });

  const places: readonly (readonly [string, (url: Json) => Json, left: Json])[] = [
    ['an image', image, cardOf([])],
    [
      'one of a set of images, which need no type',
      (url) => cardOf([{ type: 'ImageSet', images: [{ url }, { url: png }] }]),
      cardOf([{ type: 'ImageSet', images: [{ url: png }] }]),
    ],
    [
      'the poster of a medium',
      (url) => cardOf([{ type: 'Media', poster: url, sources: [] }]),
      cardOf([{ type: 'Media', sources: [] }]),
    ],
    [
      "a card's background",
      (url) => ({ type: 'AdaptiveCard', backgroundImage: url, body: [] }),
      { type: 'AdaptiveCard', body: [] },
    ],
    [
      "a container's background, with how to fill it",
      (url) => cardOf([{ type: 'Container', backgroundImage: { url, fillMode: 'Repeat' }, items: [] }]),
      cardOf([{ type: 'Container', items: [] }]),
    ],
    [
      "an action's icon",
      (url) => cardOf([], [{ type: 'Action.Submit', iconUrl: url }]),
      cardOf([], [{ type: 'Action.Submit' }]),
    ],
    [
      "the icon of an input's action",
      (url) =>
        cardOf([{ type: 'Input.Text', id: 'a', inlineAction: { type: 'Action.Submit', iconUrl: url } }]),
      cardOf([{ type: 'Input.Text', id: 'a', inlineAction: { type: 'Action.Submit' } }]),
    ],
    [
      'an image on a card that opens within it',
      (url) => cardOf([], [{ type: 'Action.ShowCard', card: image(url) }]),
      cardOf([], [{ type: 'Action.ShowCard', card: cardOf([]) }]),
    ],
  ];

  const elsewhere: readonly Json[] = [
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>1</script>',
    'data:,image/png',
    'file:///etc/passwd',
    'blob:https://example.com/1',
    'ftp://example.com/a.png',
    '//example.com/a.png',
    'a.png',
    '',
    `https://example.com/${'a'.repeat(4_096)}`,
    5,
    ['https://example.com/a.png'],
  ];

  it.each(places)('may come from the web, or stand in the card itself: %s', (_, at) => {
    for (const url of [
      'https://example.com/a.png',
      'http://example.com/a.png',
      png,
      'DATA:image/svg+xml,<svg/>',
    ]) {
      expect(vetCard(at(url), usualRules)).toEqual({ card: at(url), issues: [] });
    }
  });

  it.each(places)('is removed and reported where it would come from elsewhere: %s', (_, at, left) => {
    for (const url of elsewhere) {
      const { card, issues } = vetCard(at(url), usualRules);
      expect([url, card]).toEqual([url, left]);
      expect(issues).toEqual([
        expect.stringMatching(/^removed .* from a card: its address is no web address$/),
      ]);
    }
  });

  it('is found if it is disguised as an action', () => {
    const posing = { type: 'Action.Submit', url: 'javascript:alert(1)' };
    const film = { type: 'Action.ToggleVisibility', mimeType: 'video/mp4', url: 'file:///a.mp4' };
    const card = cardOf([
      { type: 'ImageSet', images: [posing] },
      { type: 'Container', backgroundImage: posing },
      { type: 'Media', sources: [film] },
    ]);
    expect(vetCard(card, usualRules).card).toEqual(
      cardOf([{ type: 'ImageSet', images: [] }, { type: 'Container' }, { type: 'Media', sources: [] }]),
    );
  });

  it('comes from the web only, if it is sound, video or captions', () => {
    const film = cardOf([source('https://example.com/a.mp4')]);
    expect(vetCard(film, usualRules)).toEqual({ card: film, issues: [] });
    const nothing = cardOf([{ type: 'Media', sources: [], captionSources: [] }]);
    for (const url of [...elsewhere, png, 'data:video/mp4;base64,AAAA']) {
      expect([url, vetCard(cardOf([source(url)]), usualRules).card]).toEqual([url, nothing]);
    }
  });
});

describe('other forbidden features of a card', () => {
  it.each<[string, Json]>([
    ['call a service', { type: 'Action.Http', method: 'POST', url: 'https://example.com' }],
    ['use an old name', { type: 'OpenUri', targets: [] }],
    ['be spelt otherwise', { type: 'action.openurl', url: 'https://other.example' }],
    ['have no type', { url: 'https://other.example' }],
    ['have no text for a type', { type: ['Action.Submit'] }],
  ])('an action of an unknown type is removed: to %s', (_, action) => {
    const { card, issues } = vetCard(cardOf([], [action]), hosts);
    expect(card).toEqual(cardOf([], []));
    expect(issues).toEqual([expect.stringContaining('there is no such type of action here')]);
  });

  it('is judged by its position, also in place of another action', () => {
    const actions: Json[] = [{ type: 'Action.Submit', fallback: { type: 'OpenUri', targets: [] } }];
    expect(vetCard(cardOf([], actions), hosts).card).toEqual(cardOf([], [{ type: 'Action.Submit' }]));
    const dropped = cardOf([], [{ type: 'Action.Submit', fallback: 'drop' }]);
    expect(vetCard(dropped, hosts)).toEqual({ card: dropped, issues: [] });
  });

  it('neither refreshes itself nor signs anybody in', () => {
    const card: Json = {
      type: 'AdaptiveCard',
      refresh: { action: { type: 'Action.Execute', verb: 'refresh' }, userIds: [] },
      authentication: { text: 'Sign in', buttons: [{ type: 'signin', value: 'https://other.example' }] },
      body: [],
    };
    expect(vetCard(card, hosts)).toEqual({
      card: { type: 'AdaptiveCard', body: [] },
      issues: [
        'removed "refresh" from a card: nothing here would answer it',
        'removed "authentication" from a card: nothing here would answer it',
      ],
    });
  });
});

describe('the report', () => {
  it('names each fault once, and is bounded in number and length', () => {
    const same = new Array<Json>(50).fill(link('https://other.example/'));
    expect(vetCard(same, hosts).issues).toHaveLength(1);
    const various = Array.from({ length: 50 }, (_, index) => ({
      type: 'Action.Http',
      id: `${index}`.repeat(500),
    }));
    const { issues } = vetCard(various, hosts);
    expect(issues).toHaveLength(20);
    expect(Math.max(...issues.map(({ length }) => length))).toBeLessThanOrEqual(200);
  });
});

describe('the regular expression of an input', () => {
  const regexesOf = (...regexes: string[]) => {
    const { card, issues } = vetCard(
      cardOf(regexes.map((regex, index) => ({ type: 'Input.Text', id: `i${index}`, regex }))),
      usualRules,
    );
    const left = [...JSON.stringify(card).matchAll(/"regex":"((?:[^"\\]|\\.)*)"/g)].map(
      ([, source]) => JSON.parse(`"${source ?? ''}"`) as string,
    );
    return { left, issues };
  };

  it.each(['^[0-9]{4}$', '^\\+?[0-9][0-9 ().\\-/]{5,24}$', '^[A-Z][a-z]+$', '^(?=.*\\d).{8,}$'])(
    'stays where it is linear: %s',
    (regex) => {
      expect(regexesOf(regex)).toEqual({ left: [regex], issues: [] });
    },
  );

  it.each([
    ...['^(a+)+$', '(a|a)*b', '(\\w+\\s?)*$', '^(([a-z])+.)+[A-Z]([a-z])+$', '[0-9]+x', '^(a+)\\1$'],
    ...['(?<=a)b', 'a{1,1000}{1,1000}', '(?:a{1,1000}){1,1000}', '('],
  ])('is removed if it is not linear, or invalid: %s', (regex) => {
    expect(regexesOf(regex, '^a+$')).toEqual({
      left: ['^a+$'],
      issues: ['removed "regex" from a card: on some texts it might take very long'],
    });
  });

  it("stays if it is harmless on the text that can be typed, and on the card's own values", () => {
    const regex = '^[^@]+@[^@]+\\.[^@]+$';
    const left = (more: object) =>
      JSON.stringify(
        vetCard(cardOf([{ type: 'Input.Text', id: 'x', regex, ...more }]), usualRules).card,
      ).includes('regex');
    expect(left({ maxLength: 254 })).toBe(true);
    expect(left({ maxLength: 254, value: 'a@b.c' })).toBe(true);
    expect(left({ maxLength: 254, value: 'a'.repeat(5_000) })).toBe(false);
    expect(left({ maxLength: 5_000 })).toBe(false);
    expect(left({ maxLength: -1 })).toBe(false);
  });

  it('is removed in every place on the card, and stays in the data of an action', () => {
    const input = { type: 'Input.Text', id: 'x', regex: '^(a+)+$', value: `${'a'.repeat(40)}!` };
    const inner = cardOf([input, { type: 'Container', items: [input], fallback: input }]);
    const submit = { type: 'Action.Submit', data: { regex: '^(a+)+$' } };
    const { card } = vetCard(cardOf([], [{ type: 'Action.ShowCard', card: inner }, submit]), usualRules);
    expect(JSON.stringify(card).match(/\(a\+\)/g)).toHaveLength(1);
    expect(JSON.stringify(card)).toContain(JSON.stringify(submit.data));
  });

  it('is judged within a budget that all of a card share', async () => {
    const judging = (count: number) => () =>
      regexesOf(...Array.from({ length: count }, (_, index) => `^a*a*a*b{${index}}$`));
    expect(judging(1_000)().left).toEqual([]);
    expect(await costBeside(judging(1_000), judging(100), 6)).toBeLessThan(6);
  });
});
