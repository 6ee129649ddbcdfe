/** Texts that this tab keeps through a reload of the page: what a user has entered, and not sent. */

/** Returns the text that this tab has kept, or an empty one where the browser forbids storage. */
export function keptText(key: string): string {
  try {
    return window.sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

/** Keeps a text. An empty one is forgotten. */
export function keepText(key: string, text: string): void {
  try {
    if (text === '') window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, text);
  } catch {
    // Without storage, the text is kept until the page is closed.
  }
}
