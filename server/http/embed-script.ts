import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import type { Settings } from '../settings/read-environment.ts';
import { textSender } from './compressed-files.ts';

const howToAllow = [
  'This page can be embedded in no other site: EMBED_ORIGINS is not set.',
  '',
  'Set it to the origins of the sites that may (EMBED_ORIGINS=https://www.example.com), and restart the server.',
  '',
].join('\n');

/**
 * Serves the script with which another site embeds the chat page. The script is a function's body, and what it has to know
 * of the settings is the function's argument: it needs no request to learn it.
 */
export function embedScript(
  dir: string,
  {
    assistantName,
    assistantIcon,
    embedOrigins,
  }: Pick<Settings, 'assistantName' | 'assistantIcon' | 'embedOrigins'>,
): RequestHandler {
  const send = textSender();
  const settings = JSON.stringify({
    name: assistantName,
    hasIcon: assistantIcon !== null,
    origins: embedOrigins,
  });
  return async (request, response, next) => {
    response.setHeader('Cache-Control', 'no-cache');
    if (embedOrigins.length === 0) {
      response.status(404).type('text/plain').send(howToAllow);
      return;
    }
    const script = await readFile(join(dir, 'embed.js'), 'utf8').catch(() => null);
    if (script === null) {
      next();
      return;
    }
    // Any site may load the script. It does nothing on sites that are not allowed, whose browsers refuse the frame, too.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.type('js');
    await send(request, response, `((turnkeeperSettings) => {${script}})(${settings});\n`);
  };
}
