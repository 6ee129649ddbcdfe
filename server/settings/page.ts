import { extname } from 'node:path';
import { z } from 'zod';
import { fileBytes, hosts, matching, origins, readOrFault } from './values.ts';

/** A picture that stands for the assistant. */
export interface Icon {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** The types of pictures that every browser shows, by the end of a file's name. */
const iconTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
};

/** Sites load the icon with every page that has the button. */
const mostIconBytes = 100_000;

/** @throws Error whose message continues the variable's name */
function readIcon(path: string): Icon {
  const mediaType = iconTypes[extname(path).toLowerCase()];
  if (mediaType === undefined)
    throw new Error(`must name a picture whose name ends with ${Object.keys(iconTypes).join(', ')}`);
  const bytes = fileBytes(path);
  if (bytes.byteLength <= mostIconBytes) return { mediaType, bytes };
  throw new Error(`must name a picture of at most ${mostIconBytes} bytes; this one has ${bytes.byteLength}`);
}

/** The name that the built page has by itself, too. */
export const defaultName = 'Turnkeeper';

/** A policy of a browser can't name an IPv6 address, so a page there could never be let in (CSP 3, host-source). */
const embedOrigins = origins.refine(
  (given) => !given.some((origin) => origin.includes('[')),
  'must name sites by host names or IPv4 addresses: browsers know no IPv6 addresses there',
);

/** The chat page: where its pictures come from, who it is, and which sites may show it. */
export const pageVariables = {
  IMAGE_HOSTS: hosts
    .optional()
    .describe(
      'Comma-separated hosts (`images.example.com`, `*.example.com`) that the chat page loads pictures of an answer from; ' +
        'any other picture is a link that names its host',
    ),
  ASSISTANT_NAME: matching(/^\P{Cc}{1,60}$/u, 'must be a name of at most 60 characters')
    .prefault(defaultName)
    .describe('The name of the assistant, on the chat page and on sites that embed it'),
  ASSISTANT_ICON_FILE: z
    .string()
    .transform((path, context) => readOrFault(context, () => readIcon(path)))
    .optional()
    .describe(
      "The assistant's icon there: the path of an `.svg`, `.png`, `.webp` or `.jpg` of at most 100,000 bytes",
    ),
  EMBED_ORIGINS: embedOrigins
    .optional()
    .describe(
      'Comma-separated origins of sites that may embed the chat page with `embed.js` ([how](docs/embedding-the-page.md)); ' +
        'by default none, and browsers show the page in no frame',
    ),
};

/** `pageVariables` with the names that the code uses. */
export const pageSettings = z.object(pageVariables).transform((values) => ({
  imageHosts: values.IMAGE_HOSTS ?? [],
  assistantName: values.ASSISTANT_NAME,
  /** Null: the page has its own, and an embedding site a drawn one. */
  assistantIcon: values.ASSISTANT_ICON_FILE ?? null,
  embedOrigins: values.EMBED_ORIGINS ?? [],
}));
