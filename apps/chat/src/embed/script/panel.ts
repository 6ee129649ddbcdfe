/**
 * The button on another site, and the panel that it opens. The panel is a native dialog with the chat page in a frame: modal,
 * with the browser's own trap for the focus, where it fills a small screen, and beside the site's page elsewhere. The frame
 * is of another origin, so the site can't look into it; both only exchange the messages of messages.ts.
 */
import { readableOn } from '../colors.ts';
import { readNews, themeMessage } from '../messages.ts';
import { assistantIcon, button, drawing, element } from './elements.ts';
import { onThemeChange, readHostTheme } from './host-theme.ts';
import css from './panel.css?inline';

export interface PanelOptions {
  /** The name of the element that the site gets. */
  readonly tagName: string;
  readonly pageUrl: string;
  readonly name: string;
  /** Null: a drawing. */
  readonly iconUrl: string | null;
  /** The name of the button, for screen readers and in its tooltip. */
  readonly label: string;
  readonly side: 'left' | 'right';
}

/** The time in which a page shows itself, in ms. Then the panel offers another way. */
const patienceMs = 15_000;

// The same as in panel.css.
const isSmall = window.matchMedia('(max-width: 40em), (max-height: 30em)');

export class Panel {
  readonly #pageUrl: string;
  readonly #name: string;
  readonly #host: HTMLElement;
  readonly #root: HTMLElement;
  /** Has the site's accent as its color. */
  readonly #probe = element('span', {});
  readonly #launcher: HTMLButtonElement;
  readonly #dialog: HTMLDialogElement;
  /** Has the focus while the page loads. */
  readonly #view = element('div', { class: 'view', tabindex: '-1' });
  readonly #notice = element('p', { class: 'notice', role: 'status' });
  /** The frame, from its load on: before, it is the site's own, and no message may go there. */
  #loaded: HTMLIFrameElement | null = null;
  #isLoading = false;
  #isReady = false;

  constructor({ tagName, pageUrl, name, iconUrl, label, side }: PanelOptions) {
    this.#pageUrl = pageUrl;
    this.#name = name;
    this.#launcher = button('launcher', label, [assistantIcon(iconUrl), drawing('close')]);
    this.#launcher.setAttribute('aria-haspopup', 'dialog');
    this.#launcher.setAttribute('aria-controls', 'panel');
    const close = button('control', 'Close', [drawing('close')]);
    this.#dialog = element('dialog', { id: 'panel', class: 'panel', 'aria-label': name }, [
      element('div', { class: 'bar' }, [
        assistantIcon(iconUrl),
        element('span', { class: 'name' }, [name]),
        this.#newTabLink('control', drawing('newTab')),
        close,
      ]),
      this.#view,
    ]);
    const probe = element('span', { class: 'probe' }, [this.#probe]);
    this.#root = element('div', { class: 'root', 'data-side': side }, [probe, this.#launcher, this.#dialog]);
    this.#launcher.addEventListener('click', () => {
      if (this.#dialog.open) this.close();
      else this.open();
    });
    close.addEventListener('click', () => this.close());
    this.#root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.#dialog.open) return;
      // It is not meant for the site.
      event.stopPropagation();
      this.close();
    });
    this.#dialog.addEventListener('close', () => this.#showExpanded());
    this.#host = element(tagName as 'div', {});
    const shadow = this.#host.attachShadow({ mode: 'open' });
    // A site's policy may forbid style elements; it has no say in a sheet that a script makes.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
    document.body.append(this.#host);
    window.addEventListener('message', (event: MessageEvent<unknown>) => this.#take(event));
    onThemeChange(() => this.#showTheme());
    this.#showTheme();
    this.#showExpanded();
  }

  open(): void {
    if (this.#dialog.open) return;
    // The browser gives the focus back to what has it now; a click does not focus a button in every browser.
    if (document.activeElement === document.body) this.#launcher.focus();
    if (isSmall.matches) this.#dialog.showModal();
    else this.#dialog.show();
    this.#showExpanded();
    if (this.#isReady) this.#loaded?.focus();
    else this.#view.focus();
    // The page is loaded when somebody wants it, not with every page of the site; and again if it did
    // not come.
    if (!this.#isReady && !this.#isLoading) this.#load();
  }

  close(): void {
    this.#dialog.close();
  }

  #load(): void {
    const frame = element('iframe', { class: 'frame', title: this.#name, src: this.#pageUrl });
    // It learns its theme before it is shown, and again if it loads itself again.
    frame.addEventListener('load', () => {
      this.#loaded = frame;
      this.#showTheme();
    });
    this.#isLoading = true;
    this.#notice.replaceChildren('Loading…');
    this.#view.replaceChildren(this.#notice, frame);
    setTimeout(() => {
      if (!this.#isReady) this.#explain();
    }, patienceMs);
  }

  #take({ source, origin, data }: MessageEvent<unknown>): void {
    const frame = this.#loaded;
    if (frame === null || source !== frame.contentWindow) return;
    if (origin !== new URL(this.#pageUrl).origin) return;
    const news = readNews(data);
    if (news === 'close') this.close();
    if (news !== 'ready' || this.#isReady) return;
    this.#isReady = true;
    this.#root.dataset['ready'] = '';
    // Unless the user has moved it meanwhile.
    if (this.#host.shadowRoot?.activeElement === this.#view) frame.focus();
  }

  #showTheme(): void {
    const theme = readHostTheme(this.#host, this.#probe);
    this.#root.dataset['scheme'] = theme.scheme;
    if (theme.accent === null) this.#root.style.removeProperty('--on-accent');
    else this.#root.style.setProperty('--on-accent', readableOn(theme.accent));
    this.#loaded?.contentWindow?.postMessage(themeMessage(theme), new URL(this.#pageUrl).origin);
  }

  #showExpanded(): void {
    this.#launcher.setAttribute('aria-expanded', String(this.#dialog.open));
  }

  /** A browser does not tell a site why a frame stays empty: the server is away, or the browser refuses it. */
  #explain(): void {
    this.#isLoading = false;
    this.#notice.replaceChildren(
      element('span', {}, [`${this.#name} can't be shown here now.`]),
      this.#newTabLink('link', new Text('Open it in a new tab')),
    );
  }

  #newTabLink(className: string, content: Node): HTMLAnchorElement {
    const label = `Open ${this.#name} in a new tab`;
    const attributes = { class: className, href: this.#pageUrl, target: '_blank', rel: 'noopener' };
    return element('a', { ...attributes, title: label, 'aria-label': label }, [content]);
  }
}
