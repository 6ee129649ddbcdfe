import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface DocumentedExport {
  readonly name: string;
  readonly comment: string;
  readonly examples: readonly string[];
}

const read = new Map<string, readonly DocumentedExport[]>();

/** Returns every export of a declaration file, with its documentation and its examples' code. */
export function documentedExports(declarations: string): readonly DocumentedExport[] {
  const known =
    read.get(declarations) ?? namesIn(declarations, 'export').map((each) => documented(declarations, each));
  read.set(declarations, known);
  return known;
}

/** A name in the braces of an import or an export, as a file has it, and in the other file where it comes from. */
interface Named {
  readonly name: string;
  readonly original: string;
  /** The specifier of the other file; undefined if it is declared in this one. */
  readonly from: string | undefined;
}

/** The bundler of the declarations writes all exports, and all imports that they may come from, in braces. */
function namesIn(file: string, keyword: 'import' | 'export'): Named[] {
  const statements = new RegExp(`^${keyword} (?:type )?\\{([^}]*)\\}(?: from '([^']+)')?;$`, 'gm');
  return [...readFileSync(file, 'utf8').matchAll(statements)].flatMap(([, names = '', from]) =>
    names.split(',').map((each) => {
      const [one = '', other = one] = each
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      return { name: other, original: one, from };
    }),
  );
}

/** Follows the name to the file that declares it, and reads the comment there. */
function documented(file: string, { name, original, from }: Named): DocumentedExport {
  const imported =
    from === undefined ? namesIn(file, 'import').find((each) => each.name === original) : undefined;
  const source = from ?? imported?.from;
  if (source === undefined) return { name, ...readComment(commentOf(file, original)) };
  if (!source.startsWith('./')) return { name, comment: '', examples: [] };
  const target = join(dirname(file), source.replace(/\.js$/, '.d.ts'));
  const wanted = imported?.original ?? original;
  const there = namesIn(target, 'export').find((each) => each.name === wanted);
  if (there === undefined) throw new Error(`${target} has no export ${wanted}`);
  return { ...documented(target, there), name };
}

/** Returns the comment before the declaration of a name, or those before each of a function's. */
function commentOf(file: string, name: string): string {
  const declaration = new RegExp(
    `^(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n)?(?:declare )?(?:abstract )?(?:class|const|enum|function|interface|type) ${name}\\b`,
    'gm',
  );
  const found = [...readFileSync(file, 'utf8').matchAll(declaration)];
  if (found.length === 0) throw new Error(`${file} does not declare ${name}`);
  return found.map(([, comment = '']) => comment).join('\n');
}

function readComment(comment: string): Pick<DocumentedExport, 'comment' | 'examples'> {
  const [text = '', ...tags] = comment.replaceAll(/^ *\* ?/gm, '').split(/^@/m);
  const examples = tags.filter((tag) => tag.startsWith('example')).flatMap(codeIn);
  return { comment: text.trim(), examples };
}

/** Returns what a declaration file refers to: the files and packages of its imports, and those of its references. */
export function referencesIn(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const references = /\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]|^\/\/\/\s*<reference \w+="([^"]+)"/gm;
  return [
    ...new Set([...code.matchAll(references)].map(([, imported, referred]) => imported ?? referred ?? '')),
  ];
}

/** Returns the TypeScript on a page of Markdown, with or without JSX. */
export function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```tsx?\n([\s\S]*?)^```/gm)].map(([, code]) => code ?? '');
}

/** Returns a file name for code, whose extension tells the compiler whether there is JSX in it. */
export function fileFor(code: string, name: string): string {
  return /<\/|\/>/.test(code) ? `${name}.tsx` : `${name}.ts`;
}

/** Returns whether a program needs React. */
export function usesHooks(code: string): boolean {
  return code.includes("'@turnkeeper/client/react'");
}
