import ts from 'typescript';

/** An import of any form: `import`, `export from`, `import()`, `import x = require()`, `require()`, `import('x').Type`. */
export interface SourceImport {
  readonly specifier: string;
  readonly line: number;
  /** Gone after compilation: it takes no part in the order in which modules load. */
  readonly typeOnly: boolean;
}

/** What the rules want to know of one file. */
export interface SourceFacts {
  readonly imports: readonly SourceImport[];
  readonly environment: readonly number[];
  readonly forwardRefs: readonly number[];
}

/** Reads a TypeScript file by its syntax tree, so that comments and strings are not mistaken for code. */
export function readSource(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: SourceImport[] = [];
  const environment: number[] = [];
  const forwardRefs: number[] = [];
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push({ ...found, line: lineOf(node) });
    if (readsEnvironment(node)) environment.push(lineOf(node));
    if (ts.isIdentifier(node) && node.text === 'forwardRef') forwardRefs.push(lineOf(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, environment, forwardRefs };
}

function importOf(node: ts.Node): Omit<SourceImport, 'line'> | undefined {
  if (ts.isImportDeclaration(node)) return literal(node.moduleSpecifier, isTypeImport(node.importClause));
  if (ts.isExportDeclaration(node)) return literal(node.moduleSpecifier, isTypeExport(node));
  if (ts.isExternalModuleReference(node)) return literal(node.expression, false);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal, true);
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isImport =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return isImport ? literal(node.arguments[0], false) : undefined;
}

function literal(node: ts.Node | undefined, typeOnly: boolean): Omit<SourceImport, 'line'> | undefined {
  return node && ts.isStringLiteralLike(node) ? { specifier: node.text, typeOnly } : undefined;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false; // for its side effects
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = clause;
  if (clause.name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  if (!exportClause || !ts.isNamedExports(exportClause)) return false;
  return exportClause.elements.length > 0 && exportClause.elements.every((element) => element.isTypeOnly);
}

/** `process.env`, `process['env']`, or an import of `env`. */
function readsEnvironment(node: ts.Node): boolean {
  const isProcess = (expression: ts.Expression) => ts.isIdentifier(expression) && expression.text === 'process';
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression);
  if (ts.isElementAccessExpression(node)) {
    return (
      isProcess(node.expression) &&
      ts.isStringLiteralLike(node.argumentExpression) &&
      node.argumentExpression.text === 'env'
    );
  }
  return (
    ts.isImportDeclaration(node) &&
    ['process', 'node:process'].includes((node.moduleSpecifier as ts.StringLiteral).text)
  );
}
