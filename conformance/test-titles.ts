// SPDX-License-Identifier: Apache-2.0
/**
 * The titles of a test file, read from its source without running it. A title that is a template stands for one test a row of a
 * table; `hasTest()` takes such a title only with values that the file itself has in one row. Pure.
 */
import ts from "typescript";

/** What a test file offers to be named. */
export interface TestTitles {
  /** Titles that stand in the source as they are. */
  readonly plain: ReadonlySet<string>;
  /** Titles with `${}` in them; each is matched as a whole. */
  readonly templates: readonly RegExp[];
  /** Each object and array of the source, as the set of its values: strings as they are, everything else as JSON. */
  readonly rows: readonly ReadonlySet<string>[];
}

/** Stands for a value that is not known before the test runs. */
const unknown = Symbol("unknown");

/** The value of a literal expression. */
function literalValue(node: ts.Expression): unknown {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return literalValue(node.expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(node.operand))
    return -Number(node.operand.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  if (ts.isArrayLiteralExpression(node)) {
    const values = node.elements.map(literalValue);
    return values.includes(unknown) ? unknown : values;
  }
  if (ts.isObjectLiteralExpression(node)) {
    const entries = members(node).map(({ name, value }) => [name, value] as const);
    const whole = entries.length === node.properties.length && entries.every(([, value]) => value !== unknown);
    return whole ? Object.fromEntries(entries) : unknown;
  }
  return unknown;
}

function members(node: ts.ObjectLiteralExpression): { name: string; value: unknown }[] {
  return node.properties.flatMap((property) => {
    if (!ts.isPropertyAssignment(property)) return [];
    const { name, initializer } = property;
    return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? [{ name: name.text, value: literalValue(initializer) }] : [];
  });
}

/** How a title may write a value. */
function spellings(value: unknown): string[] {
  if (value === unknown) return [];
  return typeof value === "string" ? [value, JSON.stringify(value)] : [JSON.stringify(value)];
}

function rowOf(node: ts.Node): ReadonlySet<string> | undefined {
  if (ts.isArrayLiteralExpression(node)) return new Set(node.elements.flatMap((element) => spellings(literalValue(element))));
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  return new Set(members(node).flatMap(({ name, value }) => [name, ...spellings(value)]));
}

/** `lazily ${a} and ${b}` as an expression with a group for each value. */
function templatePattern(node: ts.TemplateExpression): RegExp {
  const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const spans = node.templateSpans.map((span) => `(.+?)${escape(span.literal.text)}`);
  return new RegExp(`^${escape(node.head.text)}${spans.join("")}$`, "s");
}

/** The first argument of `t.test(…)`. */
function titleArgument(node: ts.Node): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression, name } = node.expression;
  return ts.isIdentifier(expression) && expression.text === "t" && name.text === "test" ? node.arguments[0] : undefined;
}

/** Reads the titles of a test file. A title that is neither a string nor a template cannot be named. */
export function testTitles(source: string): TestTitles {
  const plain = new Set<string>();
  const templates: RegExp[] = [];
  const rows: ReadonlySet<string>[] = [];
  const visit = (node: ts.Node): void => {
    const title = titleArgument(node);
    if (title !== undefined && ts.isStringLiteralLike(title)) plain.add(title.text);
    // A template of nothing but values would match whatever is asked for.
    else if (title !== undefined && ts.isTemplateExpression(title) && /[a-z]{2}/i.test(fixedText(title)))
      templates.push(templatePattern(title));
    const row = rowOf(node);
    if (row !== undefined) rows.push(row);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("x.test.ts", source, ts.ScriptTarget.Latest, true));
  return { plain, templates, rows };
}

function fixedText(node: ts.TemplateExpression): string {
  return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(" ");
}

/** Whether there is a test of exactly this title. */
export function hasTest({ plain, templates, rows }: TestTitles, title: string): boolean {
  if (plain.has(title)) return true;
  return templates.some((template) => {
    const values = template.exec(title)?.slice(1);
    return values !== undefined && rows.some((row) => values.every((value) => row.has(value)));
  });
}
