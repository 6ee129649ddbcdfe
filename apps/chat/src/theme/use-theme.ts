import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const storageKey = 'turnkeeper-theme';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function chosenTheme(): Theme | null {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : null;
}

function currentTheme(): Theme {
  return chosenTheme() ?? (systemIsDark.matches ? 'dark' : 'light');
}

function show(theme: string | null): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
  else delete document.documentElement.dataset['theme'];
  listeners.forEach((changed) => changed());
}

/** Puts the theme that was chosen earlier on the page, and follows the choice made in another tab. */
export function restoreTheme(): void {
  show(stored());
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === storageKey) show(newValue);
  });
}

/** A page that may store nothing has the system's theme until somebody chooses. */
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
    // The choice holds for this page then.
  }
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  systemIsDark.addEventListener('change', changed);
  return () => {
    listeners.delete(changed);
    systemIsDark.removeEventListener('change', changed);
  };
}

export function useTheme(): { readonly theme: Theme; readonly choose: (theme: Theme) => void } {
  return { theme: useSyncExternalStore(subscribe, currentTheme), choose };
}
