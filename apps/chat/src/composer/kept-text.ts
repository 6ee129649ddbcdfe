/** A text that this tab keeps for a reload. A page that may store nothing keeps none. */
export function keptText(key: string): string {
  try {
    return window.sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export function keepText(key: string, text: string): void {
  try {
    if (text === '') window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, text);
  } catch {
    // It is there until the page is left.
  }
}
