import { safeLink } from '../transcript/safe-address.ts';

/** Leaves only links that lead to the web, to mail or to a phone, and have them open a tab that learns nothing of this one. */
export function makeLinksSafe(within: DocumentFragment | HTMLElement): void {
  for (const anchor of within.querySelectorAll('a')) {
    const address = safeLink(anchor.getAttribute('href') ?? '');
    if (anchor.getAttribute('role') === 'button') {
      makeButton(anchor);
    } else if (address === null) {
      anchor.replaceWith(...anchor.childNodes);
    } else {
      anchor.href = address;
      anchor.target = '_blank';
      anchor.rel = 'noopener noreferrer';
    }
  }
}

/** The renderer draws an action within a text as a link to nowhere. */
function makeButton(anchor: HTMLAnchorElement): void {
  anchor.removeAttribute('href');
  anchor.removeAttribute('target');
  anchor.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    anchor.click();
  });
}
