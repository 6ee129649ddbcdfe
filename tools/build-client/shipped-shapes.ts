import ts from 'typescript';

/**
 * Rewrites `ShippedDefinition` for the published declarations as shapes without zod schemas: a project that installs
 * the client has neither those definitions nor zod.
 */
export function writeShippedShapes(program: ts.Program, shippedFile: string): string {
  const source = program.getSourceFile(shippedFile);
  const alias = source?.statements.find(ts.isTypeAliasDeclaration);
  if (source === undefined || alias === undefined) throw new Error(`${shippedFile} declares no type`);
  const checker = program.getTypeChecker();
  const all = checker.getTypeFromTypeNode(alias.type);
  const shapes = (all.isUnion() ? all.types : [all]).map((definition) => shapeOf(checker, definition));
  const comment = source.text.slice(alias.getFullStart(), alias.getStart(source)).trim();
  return [
    "import type { WorkflowShape } from '../workflows/definition/types.ts';",
    comment,
    `export type ${alias.name.text} =\n${shapes.join('\n')};`,
    '',
  ].join('\n');
}

function shapeOf(checker: ts.TypeChecker, definition: ts.Type): string {
  const steps = checker.getTypeArguments(property(checker, definition, 'steps') as ts.TypeReference);
  const lines = steps.map((step) => `    ${literal(checker, step, 'id')}: ${fieldsOf(checker, step)};`);
  return `  | WorkflowShape<${literal(checker, definition, 'id')}, {\n${lines.join('\n')}\n  }>`;
}

function fieldsOf(checker: ts.TypeChecker, step: ts.Type): string {
  if (checker.getPropertyOfType(step, 'collects') === undefined) return 'null';
  const output = property(checker, property(checker, property(checker, step, 'collects'), '_zod'), 'output');
  const { NoTruncation, InTypeAlias, UseSingleQuotesForStringLiteralType } = ts.TypeFormatFlags;
  return checker.typeToString(
    output,
    undefined,
    NoTruncation | InTypeAlias | UseSingleQuotesForStringLiteralType,
  );
}

function literal(checker: ts.TypeChecker, of: ts.Type, name: string): string {
  const type = property(checker, of, name);
  if (!type.isStringLiteral()) throw new Error(`"${name}" is not literal in ${checker.typeToString(of)}`);
  return `'${type.value}'`;
}

function property(checker: ts.TypeChecker, of: ts.Type, name: string): ts.Type {
  const symbol = checker.getPropertyOfType(of, name);
  if (symbol === undefined) throw new Error(`no "${name}" in ${checker.typeToString(of)}`);
  return checker.getTypeOfSymbol(symbol);
}
