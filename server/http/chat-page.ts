import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Router } from 'express';
import type { RequestHandler, Response } from 'express';
import { defaultName } from '../settings/page.ts';
import type { Settings } from '../settings/read-environment.ts';
import { compressedFiles, textSender } from './compressed-files.ts';
import { embedScript } from './embed-script.ts';

export type PageSettings = Pick<Settings, 'imageHosts' | 'assistantName' | 'assistantIcon' | 'embedOrigins'>;

/**
 * The page loads nothing from elsewhere but pictures from the allowed hosts and tokens from the provider that it signs in
 * at, and runs only its own scripts. So text of an agent or a user that became markup by mistake could neither run nor
 * send anything away. Only the sites that may embed it can show it in a frame.
 */
function contentSecurityPolicy(
  { imageHosts, embedOrigins }: PageSettings,
  signInOrigins: readonly string[] = [],
): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self' data:", ...imageHosts.map((host) => `https://${host}`)].join(' '),
    "font-src 'self'",
    ["connect-src 'self'", ...signInOrigins].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ['frame-ancestors', ...(embedOrigins.length === 0 ? ["'none'"] : embedOrigins)].join(' '),
  ].join('; ');
}

/** X-Frame-Options can't name sites, so it says what the policy says only where there are none. */
function setPolicy(response: Response, policy: string, { embedOrigins }: PageSettings): void {
  response.setHeader('Content-Security-Policy', policy);
  if (embedOrigins.length === 0) response.setHeader('X-Frame-Options', 'DENY');
  else response.removeHeader('X-Frame-Options');
}

const howToBuild = [
  'The chat page is not built. Build it, then reload:',
  '',
  '    node tools/build-chat.mjs',
  '',
  '(npm start does that by itself.) The API is at trpc, health at livez and readyz, beside this address.',
  '',
].join('\n');

/** Returns true if the folder holds a built chat page. */
export function hasChatPage(dir: string): boolean {
  return existsSync(join(dir, 'index.html'));
}

/** The way in which the page signs its users in. */
export interface SignIn {
  /** Settles in time and never rejects, even if the provider can't be reached. */
  describe(): Promise<{
    /** JSON, for the page. */
    readonly settings: string;
    /** The origins that the page calls to sign in. */
    readonly origins: readonly string[];
  }>;
}

interface PageOptions {
  /** The folder of the built page. */
  readonly dir: string;
  readonly settings: PageSettings;
  /** Null if nobody signs in. */
  readonly signIn: SignIn | null;
  /** The address of `definitionNews`, relative to the page's; null where there is none. */
  readonly newsPath: string | null;
}

/**
 * Serves the built chat page at the path that it is mounted under, with its icon and, for sites that may embed it, the
 * script that does so. The page finds what it has to know of the settings in attributes of its root element.
 */
export function chatPage({ dir, settings, signIn, newsPath }: PageOptions): Router {
  const policy = contentSecurityPolicy(settings);
  const hashed = join(dir, 'assets') + sep;
  const send = textSender();
  const routes = Router();
  routes.get('/', withFinalSlash);
  routes.get(['/', '/index.html'], async (request, response, next) => {
    const html = await readFile(join(dir, 'index.html'), 'utf8').catch(() => null);
    if (html === null) {
      next();
      return;
    }
    const described = (await signIn?.describe()) ?? null;
    setPolicy(response, contentSecurityPolicy(settings, described?.origins), settings);
    const { state } = request.query;
    const isSignInsWindow = described !== null && typeof state === 'string' && state.endsWith(windowMark);
    if (settings.embedOrigins.length > 0 && isSignInsWindow)
      response.removeHeader('Cross-Origin-Opener-Policy');
    response.setHeader('Cache-Control', 'no-cache');
    response.type('html');
    const facts = { settings, signIn: described?.settings ?? null, newsPath };
    await send(request, response, completed(html, facts));
  });
  routes.get(`/${iconName}`, (_request, response, next) => {
    if (settings.assistantIcon === null) {
      next();
      return;
    }
    setPolicy(response, policy, settings);
    response.setHeader('Cache-Control', 'no-cache');
    // The button on an embedding site shows it.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.type(settings.assistantIcon.mediaType).send(settings.assistantIcon.bytes);
  });
  routes.get('/embed.js', embedScript(dir, settings));
  routes.use(
    compressedFiles(dir, (response, path) => {
      setPolicy(response, policy, settings);
      // An asset's name has a hash of its content. Browsers revalidate everything else, mostly with a 304.
      const cacheControl = path.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'no-cache';
      response.setHeader('Cache-Control', cacheControl);
    }),
  );
  routes.get('/', (_request, response) => {
    response.status(404).type('text/plain').send(howToBuild);
  });
  return routes;
}

/**
 * The end of the `state` with which a provider answers in a window that an embedded page has opened to sign in
 * (apps/chat/src/sign-in/page-sign-in.ts). That window needs its opener, to bring the answer back, and shows nothing else.
 */
const windowMark = ';window';

/** The path of the icon of the settings, beside the page. */
const iconName = 'assistant-icon';

interface PageFacts extends Pick<PageOptions, 'settings' | 'newsPath'> {
  /** JSON; null if nobody signs in. */
  readonly signIn: string | null;
}

/** The built page with what the settings say: its title, its icon, and the attributes that its program reads. */
function completed(html: string, { settings, signIn, newsPath }: PageFacts): string {
  const { imageHosts, assistantName, assistantIcon, embedOrigins } = settings;
  const attributes = [
    ['assistant-name', assistantName === defaultName ? '' : assistantName],
    ['assistant-icon', assistantIcon === null ? '' : `./${iconName}`],
    ['image-hosts', imageHosts.join(' ')],
    ['embed-origins', embedOrigins.join(' ')],
    ['sign-in', signIn ?? ''],
    ['definition-news', newsPath ?? ''],
  ]
    .filter(([, value]) => value !== '')
    .map(([name = '', value = '']) => ` data-${name}="${escaped(value)}"`);
  const named = html
    .replace(/<html\b/, (tag) => `${tag}${attributes.join('')}`)
    .replace(/(?<=<title>|<span id="shell-name">)[^<]*/g, () => escaped(assistantName));
  if (assistantIcon === null) return named;
  return named
    .replace(
      /<link rel="icon"[^>]*>/,
      () => `<link rel="icon" href="./${iconName}" type="${assistantIcon.mediaType}" />`,
    )
    .replace(/(?<=<img class="brand__icon" src=")[^"]*/, () => `./${iconName}`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/**
 * Leads `/assist` to `/assist/`: the page's addresses are relative, and a browser would look for them beside `assist`. The
 * redirect is relative too, so that it holds behind a proxy that takes a prefix off.
 */
const withFinalSlash: RequestHandler = ({ baseUrl, originalUrl }, response, next) => {
  const [path = '', query] = originalUrl.split(/\?(.*)/s);
  if (baseUrl === '' || path.endsWith('/')) {
    next();
    return;
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  response.setHeader('Cache-Control', 'no-cache');
  response.redirect(308, `./${name}/${query === undefined ? '' : `?${query}`}`);
};
