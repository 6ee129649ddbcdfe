/**
 * Elements of the panel. They are made one by one: a site's policy may forbid markup in texts (Trusted Types), and style
 * attributes.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(className: string, label: string, children: readonly Node[]): HTMLButtonElement {
  return element('button', { class: className, type: 'button', title: label, 'aria-label': label }, children);
}

/** Paths in a square of 24. */
const drawings = {
  chat: 'M12 4a8 7.4 0 0 0-6.7 11.4L4 20l4.9-1.5A8 7.4 0 1 0 12 4Z',
  close: 'M6 6l12 12M18 6L6 18',
  newTab: 'M13 5h6v6M19 5l-8 8M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4',
} as const;

export function drawing(name: keyof typeof drawings): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const path = document.createElementNS(namespace, 'path');
  svg.setAttribute('class', `drawing drawing--${name}`);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', drawings[name]);
  svg.append(path);
  return svg;
}

/** The assistant's icon; a drawing where it has none, or where the site's policy forbids the picture. */
export function assistantIcon(url: string | null): Element {
  if (url === null) return drawing('chat');
  const image = element('img', { class: 'icon', src: url, alt: '' });
  image.addEventListener('error', () => image.replaceWith(drawing('chat')));
  return image;
}
