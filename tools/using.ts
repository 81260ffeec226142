// SPDX-License-Identifier: Apache-2.0
/**
 * Rewrites `using x = f(); …` as `const x = f(); try { … } finally { x?.[Symbol.dispose](); }`.
 *
 * The engine does not know `using`, and the bundler's own way to lower it keeps a list of resources and joins errors, which costs
 * ten times as much. The one difference: an error of the disposal itself takes the place of an error of the block.
 */
import ts from "typescript";

/** Whether a source declares a resource at all. */
export function hasUsing(source: string): boolean {
  return /\busing\s+[\w$]+\s*=/.test(source);
}

/** The source in JavaScript, without types and without `using`. Throws for forms that the program does not use. */
export function lowerUsing(source: string, fileName: string): string {
  return ts.transpileModule(source, {
    fileName,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    transformers: { before: [rewrite] },
  }).outputText;
}

function rewrite(context: ts.TransformationContext): (file: ts.SourceFile) => ts.SourceFile {
  const { factory } = context;
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isForStatement(node) || ts.isForOfStatement(node)) refuseUsing(node.initializer);
    const visited = ts.visitEachChild(node, visit, context);
    if (ts.isBlock(visited)) return factory.updateBlock(visited, lower(visited.statements, factory));
    if (ts.isSourceFile(visited)) return factory.updateSourceFile(visited, lower(visited.statements, factory));
    return visited;
  };
  return (file) => ts.visitNode(file, visit, ts.isSourceFile);
}

function isUsing(list: ts.Node | undefined): list is ts.VariableDeclarationList {
  return (
    list !== undefined && ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using
  );
}

function refuseUsing(initializer: ts.Node | undefined): void {
  if (isUsing(initializer)) throw new Error("`using` in the head of a loop: declare the resource in its body");
}

/** The first declaration takes what follows it into its `try`; what follows has been lowered by then in the same way. */
function lower(statements: readonly ts.Statement[], factory: ts.NodeFactory): ts.Statement[] {
  const at = statements.findIndex((statement) => ts.isVariableStatement(statement) && isUsing(statement.declarationList));
  const found = statements[at];
  if (found === undefined || !ts.isVariableStatement(found)) return [...statements];
  const [resource, ...others] = found.declarationList.declarations;
  if (resource === undefined || others.length > 0 || !ts.isIdentifier(resource.name)) {
    throw new Error("one `using` declares one resource by its name: a second would leak the first when it fails");
  }
  const declaration = factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList([resource], ts.NodeFlags.Const),
  );
  const symbol = factory.createPropertyAccessExpression(factory.createIdentifier("Symbol"), "dispose");
  const method = factory.createElementAccessChain(resource.name, factory.createToken(ts.SyntaxKind.QuestionDotToken), symbol);
  const dispose = factory.createExpressionStatement(factory.createCallChain(method, undefined, undefined, []));
  const body = factory.createBlock(lower(statements.slice(at + 1), factory), true);
  const block = factory.createTryStatement(body, undefined, factory.createBlock([dispose], true));
  return [...statements.slice(0, at), declaration, block];
}
