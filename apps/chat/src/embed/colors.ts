/**
 * The colors of a page that another site embeds: its accent is the site's, and everything written in it or on it is
 * readable all the same (WCAG 2.2, 1.4.3 and 1.4.11).
 */

/** A color in sRGB, like `#0f6b5c`: the only form in which one goes from one window to the other. */
export type HexColor = `#${string}`;

export type Scheme = 'light' | 'dark';

export function isHexColor(value: unknown): value is HexColor {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/.test(value);
}

type Rgb = readonly [red: number, green: number, blue: number];

function rgbOf(color: HexColor): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** @param rgb from 0 to 255 each; values beyond are cut, as for a color outside of sRGB */
export function hexOf(rgb: Rgb): HexColor {
  const digits = rgb.map((part) =>
    Math.round(Math.min(255, Math.max(0, part)))
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}

/** Relative luminance, from 0 to 1, as WCAG defines it. */
function luminance(color: HexColor): number {
  const [red, green, blue] = rgbOf(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 to 21. */
export function contrast(one: HexColor, other: HexColor): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** @param share of the second color, from 0 to 1 */
function mix(one: HexColor, other: HexColor, share: number): HexColor {
  const [from, to] = [rgbOf(one), rgbOf(other)];
  return hexOf([
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ]);
}

/** Black or white, whichever is easier to read there: one of them always has a contrast of 4.5 and more. */
export function readableOn(background: HexColor): HexColor {
  return contrast(background, '#ffffff') >= contrast(background, '#000000') ? '#ffffff' : '#000000';
}

const steps = 20;

/** The color, mixed with as little of another as gives it the contrast on every background. */
function withContrast(
  color: HexColor,
  towards: HexColor,
  backgrounds: readonly HexColor[],
  least: number,
): HexColor {
  for (let step = 0; step < steps; step += 1) {
    const candidate = mix(color, towards, step / steps);
    if (backgrounds.every((background) => contrast(candidate, background) >= least)) return candidate;
  }
  return towards;
}

/** Of styles/tokens.css: the surface, the other backgrounds of text, and the text. */
export const schemes = {
  light: { surface: '#ffffff', others: ['#f6f7f5', '#eef1ee', '#e7ece8'], text: '#17211e' },
  dark: { surface: '#181d1b', others: ['#101413', '#202724', '#28302d'], text: '#e7eeeb' },
} as const satisfies Record<Scheme, { surface: HexColor; others: readonly HexColor[]; text: HexColor }>;

/** Returns the tokens of styles/tokens.css that follow from an accent. */
export function accentTokens(accent: HexColor, scheme: Scheme): Readonly<Record<`--${string}`, HexColor>> {
  const { surface, others, text } = schemes[scheme];
  const soft = mix(surface, accent, 0.09);
  const own = mix(surface, accent, 0.12);
  const shown = withContrast(accent, text, [surface, ...others], 3);
  const onAccent = readableOn(shown);
  const written = withContrast(accent, text, [surface, ...others, soft, own], 4.5);
  return {
    '--accent': shown,
    '--accent-hover': mix(shown, onAccent === '#ffffff' ? '#000000' : '#ffffff', 0.15),
    '--accent-text': written,
    '--accent-soft': soft,
    '--on-accent': onAccent,
    '--own': own,
    '--focus': written,
  };
}
