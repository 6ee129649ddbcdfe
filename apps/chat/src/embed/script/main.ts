/**
 * `embed.js`: puts a button and a panel with the chat page into another site (docs/embedding-the-page.md). The server makes this
 * program the body of a function whose argument, `turnkeeperSettings`, says what its settings are (server/http/embed-script.ts).
 */
import { Panel } from './panel.ts';

declare const turnkeeperSettings: {
  readonly name: string;
  readonly hasIcon: boolean;
  readonly origins: readonly string[];
};

declare global {
  interface Window {
    turnkeeper?: { readonly open: () => void; readonly close: () => void };
  }
}

const tagName = 'turnkeeper-assistant';

// The page is beside the script, under whatever path the server is.
const script = document.currentScript;
const address = script instanceof HTMLScriptElement && script.src !== '' ? script.src : null;
const { label, side } = script?.dataset ?? {};

if (address === null) {
  console.error('Turnkeeper: load embed.js with a script tag that has its address in src, not as a module.');
} else if (!turnkeeperSettings.origins.includes(window.location.origin)) {
  console.error(
    `Turnkeeper: ${new URL(address).origin} may not be embedded here. Add ${window.location.origin} to its EMBED_ORIGINS.`,
  );
} else if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', () => embed(address), { once: true });
} else {
  embed(address);
}

function embed(src: string): void {
  // A tag that is there twice, or that runs again after a navigation without a load, makes no second button.
  if (document.querySelector(tagName) !== null) return;
  const { name, hasIcon } = turnkeeperSettings;
  const panel = new Panel({
    tagName,
    pageUrl: new URL('.', src).href,
    name,
    iconUrl: hasIcon ? new URL('./assistant-icon', src).href : null,
    label: label ?? name,
    side: side === 'left' ? 'left' : 'right',
  });
  window.turnkeeper = { open: () => panel.open(), close: () => panel.close() };
}
