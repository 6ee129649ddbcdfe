import ts from 'typescript';

interface DocumentedExport {
  readonly name: string;
  readonly comment: string;
  readonly examples: readonly string[];
}

/** Every export of a declaration file, with what its documentation says, and its examples' code. */
export function documentedExports(declarations: string): DocumentedExport[] {
  const program = ts.createProgram([declarations], { module: ts.ModuleKind.NodeNext, noEmit: true });
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

/** The TypeScript that a page of Markdown shows. */
export function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code ?? '');
}
