import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Router, static as serveFiles } from 'express';

// The page loads nothing from elsewhere but images that an agent shows, and runs no script but its own: what an agent or a
// user wrote would not run even where it became markup.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const howToBuild = [
  'The chat page is not built. Build it, then reload:',
  '',
  '    node tools/build-chat.mjs',
  '',
  '(npm start does that by itself.) The API is at /trpc, health at /livez and /readyz.',
  '',
].join('\n');

/** Whether there is a built chat page in that folder. */
export function hasChatPage(dir: string): boolean {
  return existsSync(join(dir, 'index.html'));
}

/** The chat page at `/`, as it was built into that folder. */
export function chatPage(dir: string): Router {
  const hashed = join(dir, 'assets') + sep;
  const routes = Router();
  routes.use(
    serveFiles(dir, {
      redirect: false,
      setHeaders: (response, path) => {
        response.setHeader('Content-Security-Policy', contentSecurityPolicy);
        // An asset's name has a hash of what is in it; everything else is asked for anew, and mostly answered 304.
        const cacheControl = path.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'no-cache';
        response.setHeader('Cache-Control', cacheControl);
      },
    }),
  );
  routes.get('/', (_request, response) => {
    response.status(404).type('text/plain').send(howToBuild);
  });
  return routes;
}
