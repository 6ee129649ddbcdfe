// This file has no types in it, because it is sent as it is (vite.config.ts).
// Runs before the first paint, so it is a script of its own that the browser waits for: the page's program comes later.
// No theme but the chosen one is ever shown, and a page whose program is missing says so.
try {
  const theme = localStorage.getItem('turnkeeper-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // The browser forbids storage: the theme is the system's.
}
addEventListener(
  'error',
  ({ target }) => {
    const failure = document.getElementById('shell-failure');
    if (failure !== null && target instanceof HTMLScriptElement) failure.hidden = false;
  },
  true,
);
