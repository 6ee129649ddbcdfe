import { hexOf } from '../colors.ts';
import type { HexColor, Scheme } from '../colors.ts';
import type { HostTheme } from '../messages.ts';

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

/** Reads the site's custom properties where they arrive, as the browser has resolved them. */
export function readHostTheme(host: HTMLElement, probe: HTMLElement): HostTheme {
  const given = getComputedStyle(host).getPropertyValue('--turnkeeper-color-scheme').trim();
  return { scheme: schemeOf(given), accent: resolvedColor(getComputedStyle(probe).color) };
}

function schemeOf(given: string): Scheme {
  if (given === 'light' || given === 'dark') return given;
  return systemIsDark.matches ? 'dark' : 'light';
}

/**
 * The color of an element with `color: color-mix(in srgb, …)`. Browsers write such a color in this one form, in whatever way
 * the site wrote it; where it wrote none, or no color, the element is transparent.
 */
function resolvedColor(computed: string): HexColor | null {
  const [, red, green, blue, alpha = '1'] =
    /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(computed) ?? [];
  if (red === undefined || Number(alpha) === 0) return null;
  return hexOf([Number(red) * 255, Number(green) * 255, Number(blue) * 255]);
}

/**
 * Calls back when the theme may have changed: the system's, or that of the site, which mostly sets a class or an attribute
 * of its root or body.
 */
export function onThemeChange(changed: () => void): void {
  systemIsDark.addEventListener('change', changed);
  let isDue = false;
  const observer = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      changed();
    });
  });
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true });
}
