import type { Page, Request } from 'playwright-core';
import { z } from 'zod';

/** The exceptions that a test allows its page. */
export interface Expected {
  /** The network or the server fails in this test, which Chromium reports on the console. */
  readonly failedRequests?: boolean;
  /** The one other origin from which the page may load images; the test answers with a picture. */
  readonly imagesFrom?: string;
  /** The origin of the server whose chat page this page, of another site, embeds. */
  readonly embeds?: string;
  /** The origin of the OpenID provider that the page's user signs in at. */
  readonly signsInAt?: string;
}

export interface WatchedPage {
  /** Everything the page did that no page may do, in order. */
  readonly problems: readonly string[];
  /** The sent turns, oldest first, one for each attempt. */
  readonly turns: readonly SentTurn[];
}

interface SentTurn {
  readonly turnId: string;
  readonly whenBusy: string | null | undefined;
}

const sentTurnSchema = z.object({
  json: z.object({ turnId: z.string(), whenBusy: z.string().nullish() }),
});

/** Records a page's unseen errors, and the turns that it sends. */
export async function watchPage(page: Page, origin: string, expected: Expected): Promise<WatchedPage> {
  const problems: string[] = [];
  const turns: SentTurn[] = [];
  const note = (problem: string): void => void problems.push(problem);
  page.on('pageerror', (error) => note(`an error nobody caught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    const [text, { url }] = [message.text(), message.location()];
    const isFailedRequest = text.startsWith('Failed to load resource');
    if (message.type() !== 'error' || (isFailedRequest && expected.failedRequests === true)) return;
    note(`on the console: ${text} (${url})`);
  });
  page.on('dialog', (dialog) => {
    note(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!isOwn(request, origin) && !isExpected(request, expected))
      note(`a request to elsewhere: ${request.url()}`);
    if (!request.url().includes('/trpc/workflow.turn')) return;
    const { turnId, whenBusy } = sentTurnSchema.parse(request.postDataJSON()).json;
    turns.push({ turnId, whenBusy });
  });
  const { imagesFrom } = expected;
  if (imagesFrom !== undefined)
    await page.route(`${imagesFrom}/**`, (route) =>
      route.fulfill({ contentType: 'image/png', body: picture }),
    );
  await page.exposeFunction('noteProblem', note);
  await page.addInitScript({ content: reportFromInside });
  return { problems, turns };
}

function isOwn(request: Request, origin: string): boolean {
  const url = new URL(request.url());
  return url.origin === origin || url.protocol === 'blob:' || url.protocol === 'data:';
}

function isExpected(request: Request, { imagesFrom, embeds, signsInAt }: Expected): boolean {
  if ([embeds, signsInAt].includes(new URL(request.url()).origin)) return true;
  return request.resourceType() === 'image' && new URL(request.url()).origin === imagesFrom;
}

/** An image of one transparent pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/**
 * Runs in the page before its own scripts, so that it catches what those never see. `pwned` is the function that every
 * hostile script in test/system/browser tries to call.
 */
const reportFromInside = `
  window.pwned = (by) => void window.noteProblem('a hostile script ran: ' + by);
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    void window.noteProblem("the page's policy stopped " + violatedDirective + ': ' + blockedURI);
  });
`;
