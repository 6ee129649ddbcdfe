import { useSyncExternalStore } from 'react';
import type { JSX } from 'react';
import { Icon } from './icon.tsx';

export function ThemeButton(): JSX.Element {
  const { theme, choose } = useTheme();
  const isDark = theme === 'dark';
  return (
    <button
      type="button"
      className="icon-button theme-button"
      aria-label="Dark theme"
      aria-pressed={isDark}
      title={isDark ? 'Use the light theme' : 'Use the dark theme'}
      onClick={() => choose(isDark ? 'light' : 'dark')}
    >
      <Icon name={isDark ? 'sun' : 'moon'} />
    </button>
  );
}

type Theme = 'light' | 'dark';

const storageKey = 'turnkeeper-theme';
const listeners = new Set<() => void>();

/** Asked for when it is needed: a server that renders the page has no window. */
const systemIsDark = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

function chosenTheme(): Theme | null {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : null;
}

function currentTheme(): Theme {
  return chosenTheme() ?? (systemIsDark().matches ? 'dark' : 'light');
}

let isHostTheme = false;

/** Shows the theme of the site that embeds the page. A choice that is stored no longer counts. */
export function showHostTheme(theme: Theme): void {
  isHostTheme = true;
  show(theme);
}

function show(theme: string | null): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
  else delete document.documentElement.dataset['theme'];
  listeners.forEach((changed) => changed());
}

/** Applies the stored theme, and follows a choice made in another tab. */
export function restoreTheme(): void {
  show(stored());
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === storageKey && !isHostTheme) show(newValue);
  });
}

/** Returns the stored theme, or null where the browser forbids storage. */
function stored(): string | null {
  try {
    return window.localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function choose(theme: Theme): void {
  show(theme);
  try {
    window.localStorage.setItem(storageKey, theme);
  } catch {
    // Without storage, the choice is kept until the page is closed.
  }
}

function subscribe(changed: () => void): () => void {
  const system = systemIsDark();
  listeners.add(changed);
  system.addEventListener('change', changed);
  return () => {
    listeners.delete(changed);
    system.removeEventListener('change', changed);
  };
}

function useTheme(): { readonly theme: Theme; readonly choose: (theme: Theme) => void } {
  return { theme: useSyncExternalStore(subscribe, currentTheme, () => 'light'), choose };
}
