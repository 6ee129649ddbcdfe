/**
 * The messages between a site and the chat page that it embeds (docs/embedding-the-page.md, The protocol). Nothing about a
 * user or a conversation is in them. Each window checks the other's origin, and what it says.
 */
import { isHexColor } from './colors.ts';
import type { HexColor, Scheme } from './colors.ts';

/** The site tells the page how to look, after each load and whenever its own look changes. */
export interface HostTheme {
  readonly scheme: Scheme;
  /** Null: the page's own. */
  readonly accent: HexColor | null;
}

/** The page tells the site that it shows itself, and that its user wants it closed. */
export type PageNews = 'ready' | 'close';

export const themeMessage = ({ scheme, accent }: HostTheme) => ({ turnkeeper: 'theme', scheme, accent });
export const newsMessage = (news: PageNews) => ({ turnkeeper: news });

/** Returns null for anything but a theme in its right form: it becomes style of the page. */
export function readTheme(message: unknown): HostTheme | null {
  if (partOf(message, 'turnkeeper') !== 'theme') return null;
  const scheme = partOf(message, 'scheme');
  const accent = partOf(message, 'accent');
  if (scheme !== 'light' && scheme !== 'dark') return null;
  return accent === null || isHexColor(accent) ? { scheme, accent } : null;
}

export function readNews(message: unknown): PageNews | null {
  const news = partOf(message, 'turnkeeper');
  return news === 'ready' || news === 'close' ? news : null;
}

function partOf(message: unknown, name: string): unknown {
  if (typeof message !== 'object' || message === null) return undefined;
  return Object.getOwnPropertyDescriptor(message, name)?.value;
}
