/**
 * The page's side of being embedded (script/ is the site's). It takes its colors from the site and tells it when Escape
 * should close the panel. It listens to the window around it alone, and only if that is of a site which may embed it.
 */
import { showHostTheme } from '../parts/theme.tsx';
import { accentTokens } from './colors.ts';
import { newsMessage, readTheme } from './messages.ts';
import type { HostTheme, PageNews } from './messages.ts';

export function listenToHost(): void {
  if (window.parent === window) return;
  const root = document.documentElement;
  const origins = root.dataset['embedOrigins']?.split(' ') ?? [];
  let host: string | null = null;
  const tell = (news: PageNews): void => {
    if (host !== null) window.parent.postMessage(newsMessage(news), host);
  };
  window.addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== window.parent || !origins.includes(origin)) return;
    const theme = readTheme(data);
    if (theme === null) return;
    host = origin;
    root.dataset['framed'] = '';
    show(theme);
    tell('ready');
  });
  window.addEventListener('keydown', ({ key, defaultPrevented }) => {
    // Escape closes a dialog of the page itself first.
    if (key === 'Escape' && !defaultPrevented && document.querySelector('dialog[open]') === null)
      tell('close');
  });
}

let shown: readonly string[] = [];

function show({ scheme, accent }: HostTheme): void {
  showHostTheme(scheme);
  const { style } = document.documentElement;
  for (const token of shown) style.removeProperty(token);
  const tokens = Object.entries(accent === null ? {} : accentTokens(accent, scheme));
  for (const [token, color] of tokens) style.setProperty(token, color);
  shown = tokens.map(([token]) => token);
}
