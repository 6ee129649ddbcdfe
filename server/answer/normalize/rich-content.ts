import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { isWebAddress } from '../../domain/web-address.ts';
import type { Reading } from './reading.ts';

const word = z.string().trim().min(1).optional().catch(undefined);
const amount = z
  .union([z.string().trim().min(1), z.number().transform(String)])
  .optional()
  .catch(undefined);
const list = z.array(z.unknown()).catch([]);

/** What rich cards hold (Bot Framework schema 3.1), each kind a part of it. */
export const richContentSchema = z.looseObject({
  title: word,
  subtitle: word,
  text: word,
  image: z.unknown().optional(),
  images: list,
  media: list,
  buttons: list,
  tap: z.unknown().optional(),
  facts: list,
  items: list,
  tax: amount,
  vat: amount,
  total: amount,
});

export type RichContent = z.infer<typeof richContentSchema>;

const factSchema = z.looseObject({ key: word, value: amount });

export function readFacts(candidates: readonly unknown[]): [title: string, value: string][] {
  return candidates.flatMap((candidate) => {
    const parsed = factSchema.safeParse(candidate);
    if (!parsed.success) return [];
    const { key = '', value = '' } = parsed.data;
    return key === '' && value === '' ? [] : [[key, value] as [string, string]];
  });
}

const itemSchema = z.looseObject({
  title: word,
  subtitle: word,
  text: word,
  image: z.unknown().optional(),
  price: amount,
  quantity: amount,
});

export type ReceiptItem = z.infer<typeof itemSchema>;

export function readItems(candidates: readonly unknown[]): ReceiptItem[] {
  return candidates.flatMap((candidate) => {
    const parsed = itemSchema.safeParse(candidate);
    return parsed.success ? [parsed.data] : [];
  });
}

const linkSchema = z.union([
  z.string().transform((url) => ({ url, alt: undefined })),
  z.looseObject({ url: z.string(), alt: word }),
]);

export interface Link {
  readonly url: string;
  readonly alt: string | undefined;
}

/** Images and media, as far as they are web addresses. */
export function readLinks(candidates: readonly unknown[], reading: Reading): Link[] {
  return candidates.flatMap((candidate) => {
    if (candidate === undefined || candidate === null) return [];
    const parsed = linkSchema.safeParse(candidate);
    if (parsed.success && isAllowed(parsed.data.url)) return [{ url: parsed.data.url, alt: parsed.data.alt }];
    reading.report('cards: an image or medium without a web address was left out');
    return [];
  });
}

function isAllowed(url: string): boolean {
  return url.length <= limits.attachmentUrlChars && isWebAddress(url);
}
