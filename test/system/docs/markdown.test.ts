import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
const files = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
  'examples/README.md',
  'apps/chat/README.md',
  ...docs.map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'));

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

const withoutCode = (text: string): string => text.replaceAll(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '');

/** Returns the anchors that GitHub makes of headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target));
}

describe.each(files)('%s', (file) => {
  const text = textOf(file);

  it('links to files and headings that are there', () => {
    const dead = linksOf(text).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const linked = path === '' ? file : relative(root, join(root, dirname(file), path));
      if (!existsSync(join(root, linked))) return true;
      return anchor !== undefined && !anchorsOf(textOf(linked)).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('has no sequence diagram that a semicolon or a number sign would break', () => {
    // Mermaid ends a statement there, so GitHub would show an error in place of the diagram.
    const diagrams = [...text.matchAll(/```mermaid\nsequenceDiagram\n([\s\S]*?)```/g)].map(
      ([, diagram = '']) => diagram,
    );
    expect(diagrams.filter((diagram) => /[;#]/.test(diagram))).toEqual([]);
  });
});
