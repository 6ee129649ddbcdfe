import type { JSX } from 'react';
import { Icon } from '../parts/icon.tsx';
import { useTheme } from './use-theme.ts';

export function ThemeButton(): JSX.Element {
  const { theme, choose } = useTheme();
  const isDark = theme === 'dark';
  return (
    <button
      type="button"
      className="icon-button"
      aria-label="Dark theme"
      aria-pressed={isDark}
      title={isDark ? 'Use the light theme' : 'Use the dark theme'}
      onClick={() => choose(isDark ? 'light' : 'dark')}
    >
      <Icon name={isDark ? 'sun' : 'moon'} />
    </button>
  );
}
