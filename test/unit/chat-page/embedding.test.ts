import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accentTokens, contrast, hexOf, isHexColor, schemes } from '../../../apps/chat/src/embed/colors.ts';
import type { HexColor, Scheme } from '../../../apps/chat/src/embed/colors.ts';
import { newsMessage, readNews, readTheme, themeMessage } from '../../../apps/chat/src/embed/messages.ts';

const tokensUrl = new URL('../../../apps/chat/src/styles/tokens.css', import.meta.url);

const part = fc.nat(255);
const anyColor = fc.tuple(part, part, part).map((rgb): HexColor => hexOf(rgb));

describe("the page in a site's accent", () => {
  it.each(['light', 'dark'] as const)(
    'can be read in the %s theme, whatever the accent is',
    async (scheme) => {
      const css = await readFile(tokensUrl, 'utf8');
      const ofPage = (name: string): HexColor => {
        const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) ?? [];
        const color = scheme === 'light' ? light : dark;
        if (!isHexColor(color)) throw new Error(`tokens.css has no color for ${name}`);
        return color;
      };
      const { surface, others, text } = schemes[scheme];
      expect([surface, ...others, text]).toEqual(
        ['surface', 'page', 'sunken', 'hover', 'text'].map((name) => ofPage(name)),
      );
      fc.assert(
        fc.property(anyColor, (accent) => {
          const tokens = accentTokens(accent, scheme);
          const token = (name: string): HexColor => tokens[`--${name}`] ?? '#000000';
          const soft = [token('accent-soft'), token('own')];
          const pairs: readonly (readonly [color: HexColor, background: HexColor, least: number])[] = [
            [token('on-accent'), token('accent'), 4.5],
            [token('on-accent'), token('accent-hover'), 4.5],
            ...[surface, ...others].map((background) => [token('accent'), background, 3] as const),
            ...[surface, ...others, ...soft].map(
              (background) => [token('accent-text'), background, 4.5] as const,
            ),
            ...soft.flatMap((background) => [
              [text, background, 4.5] as const,
              [ofPage('muted'), background, 4.5] as const,
            ]),
          ];
          for (const [color, background, least] of pairs)
            expect(contrast(color, background), `${color} on ${background}`).toBeGreaterThanOrEqual(least);
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe('the messages between a site and the page', () => {
  it('are read as they are written', () => {
    for (const theme of [
      { scheme: 'dark', accent: '#0f6b5c' },
      { scheme: 'light', accent: null },
    ] as const)
      expect(readTheme(themeMessage(theme))).toEqual(theme);
    expect([readNews(newsMessage('ready')), readNews(newsMessage('close'))]).toEqual(['ready', 'close']);
  });

  it.each([
    ...[null, undefined, 'theme', 4, [], {}, { turnkeeper: 'theme' }],
    ...['red', '#fff', '#0F6B5C', '#0f6b5c;', 'url(https://evil.example)', 'var(--x)', 7, undefined].map(
      (accent) => ({
        ...{ turnkeeper: 'theme', scheme: 'light' satisfies Scheme },
        accent,
      }),
    ),
    { turnkeeper: 'theme', scheme: 'sepia', accent: null },
    { source: 'oidc-client', url: 'https://evil.example' },
  ])('are nothing else, like %j', (message) => {
    expect([readTheme(message), readNews(message)]).toEqual([null, null]);
  });
});
