import { useCallback, useState } from 'react';

/** What is being written, kept for a reload of this tab. */
export function useDraft(
  conversationId: string,
): readonly [draft: string, setDraft: (draft: string) => void] {
  const key = `turnkeeper-draft:${conversationId}`;
  const [draft, setDraft] = useState(() => stored(key));
  const change = useCallback(
    (text: string) => {
      setDraft(text);
      store(key, text);
    },
    [key],
  );
  return [draft, change];
}

/** A page that may store nothing starts with an empty box. */
function stored(key: string): string {
  try {
    return window.sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function store(key: string, text: string): void {
  try {
    if (text === '') window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, text);
  } catch {
    // It is kept until the page is left.
  }
}
