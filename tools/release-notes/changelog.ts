/** The kinds of changes that a changelog groups by. Source: https://keepachangelog.com/en/1.1.0/ */
const kindsOfChange = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'] as const;

interface ReleasedSection {
  readonly version: string;
  /** The day of the release, as `2026-12-01`. */
  readonly date: string;
  /** The section without its heading. */
  readonly text: string;
}

interface Changelog {
  /** What the next release will say. */
  readonly unreleased: string;
  /** The newest first. */
  readonly released: readonly ReleasedSection[];
}

/**
 * Reads a changelog in the form of Keep a Changelog.
 * @throws Error that names the first heading which this form does not have, and says what it should be
 */
export function readChangelog(text: string): Changelog {
  const [head = '', ...sections] = text.split(/^## /m);
  if (!head.startsWith('# Changelog\n')) throw new Error('The changelog must begin with "# Changelog".');
  const [unreleased, ...others] = sections.map(splitHeading);
  if (unreleased?.heading !== '[Unreleased]')
    throw new Error('The first section of the changelog must be "## [Unreleased]".');
  checkKinds(unreleased);
  return { unreleased: unreleased.text, released: others.map(readReleased) };
}

interface Section {
  readonly heading: string;
  readonly text: string;
}

function splitHeading(section: string): Section {
  const [heading = '', ...lines] = section.split('\n');
  return { heading: heading.trim(), text: lines.join('\n').trim() };
}

function readReleased(section: Section): ReleasedSection {
  const [, version, date] =
    /^\[(\d+\.\d+\.\d+(?:-[\w.]+)?)\] - (\d{4}-\d\d-\d\d)$/.exec(section.heading) ?? [];
  if (version === undefined || date === undefined)
    throw new Error(`"## ${section.heading}" must be like "## [1.2.3] - 2026-12-31".`);
  checkKinds(section);
  return { version, date, text: section.text };
}

function checkKinds({ heading, text }: Section): void {
  for (const [, kind = ''] of text.matchAll(/^### (.*)$/gm))
    if (!kindsOfChange.some((known) => known === kind))
      throw new Error(`"### ${kind}" in ${heading} must be one of ${kindsOfChange.join(', ')}.`);
  if (text !== '' && !text.startsWith('### '))
    throw new Error(`${heading} must begin with a kind of change.`);
}
