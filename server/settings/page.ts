import { extname } from 'node:path';
import { z } from 'zod';
import { fileBytes, hosts, matching, readOrFault } from './values.ts';

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

/** It is read at the start, and kept. */
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

/** The chat page: where its pictures come from, and who it is. */
export const pageVariables = {
  IMAGE_HOSTS: hosts
    .optional()
    .describe(
      'Comma-separated hosts (`images.example.com`, `*.example.com`) that the chat page loads pictures of an answer from; ' +
        'any other picture is a link that names its host',
    ),
  ASSISTANT_NAME: matching(/^\P{Cc}{1,60}$/u, 'must be a name of at most 60 characters')
    .prefault(defaultName)
    .describe('The name of the assistant, on the chat page'),
  ASSISTANT_ICON_FILE: z
    .string()
    .transform((path, context) => readOrFault(context, () => readIcon(path)))
    .optional()
    .describe(
      "The assistant's icon there: the path of an `.svg`, `.png`, `.webp` or `.jpg` of at most 100,000 bytes",
    ),
};

/** `pageVariables` with the names that the code uses. */
export const pageSettings = z.object(pageVariables).transform((values) => ({
  imageHosts: values.IMAGE_HOSTS ?? [],
  assistantName: values.ASSISTANT_NAME,
  /** Null: the page has its own. */
  assistantIcon: values.ASSISTANT_ICON_FILE ?? null,
}));
