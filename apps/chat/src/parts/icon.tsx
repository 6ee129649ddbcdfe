import type { JSX } from 'react';

/**
 * Icons of 20 by 20 in the text's color. They are hidden from screen readers: a text or label next to each says its
 * meaning.
 */
const paths = {
  back: 'M12.5 4.5 7 10l5.5 5.5',
  check: 'm4.5 10.5 3.6 3.6 7.4-8.2',
  close: 'm5.5 5.5 9 9m0-9-9 9',
  copy: 'M7.5 7.5v-4h9v9h-4M3.5 7.5h9v9h-9Z',
  down: 'M10 4.5v11m-4.5-4.5L10 15.5l4.5-4.5',
  download: 'M10 3.5v9m-3.6-3.6 3.6 3.6 3.6-3.6M4.5 16.5h11',
  list: 'M7.5 5.5h8m-8 4.5h8m-8 4.5h8M4.2 5.5h.1m-.1 4.5h.1m-.1 4.5h.1',
  moon: 'M16 11.6A6.4 6.4 0 0 1 8.4 4a6.4 6.4 0 1 0 7.6 7.6Z',
  print: 'M6 7.5v-4h8v4M6 13.5H3.5v-6h13v6H14M6 11.5h8v5H6Z',
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Zm4 9.5 3.5 3.5',
  send: 'M10 16V4.5m-5 5 5-5 5 5',
  stop: 'M6 6h8v8H6Z',
  sun: 'M10 6.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4ZM10 2.5v1.2m0 12.6v1.2m7.5-7.5h-1.2M3.7 10H2.5m12.8-5.3-.9.9M5.6 14.4l-.9.9m10.6 0-.9-.9M5.6 5.6l-.9-.9',
  trash: 'M4 6h12m-7.5-2.5h3M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v4.5m3-4.5v4.5',
  warning:
    'M10 7.5v3.3m0 2.6h.1M8.7 4 3 14a1.5 1.5 0 0 0 1.3 2.2h11.4A1.5 1.5 0 0 0 17 14L11.3 4a1.5 1.5 0 0 0-2.6 0Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
