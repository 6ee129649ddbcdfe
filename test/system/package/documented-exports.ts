import ts from 'typescript';

interface DocumentedExport {
  readonly name: string;
  readonly comment: string;
  readonly examples: readonly string[];
}

const read = new Map<string, readonly DocumentedExport[]>();

/** Returns every export of a declaration file, with its documentation and its examples' code. */
export function documentedExports(declarations: string): readonly DocumentedExport[] {
  const known = read.get(declarations) ?? readExports(declarations);
  read.set(declarations, known);
  return known;
}

function readExports(declarations: string): DocumentedExport[] {
  // Names and comments need none of the declarations of the language or of Node.
  const options = { module: ts.ModuleKind.NodeNext, noEmit: true, noLib: true, types: [] };
  const program = ts.createProgram([declarations], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${declarations} is no module`);
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return {
      name: exported.name,
      comment: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      examples: symbol
        .getJsDocTags(checker)
        .filter(({ name }) => name === 'example')
        .flatMap(({ text }) => codeIn(ts.displayPartsToString(text))),
    };
  });
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
