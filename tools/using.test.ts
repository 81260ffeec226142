// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { hasUsing, lowerUsing } from "./using.ts";

/** Runs a lowered body that logs, and returns what it returned and logged. */
function run(body: string): { readonly log: string[]; readonly result: unknown } {
  const log: string[] = [];
  const open = (name: string): object => ({ [Symbol.dispose]: () => log.push(`close ${name}`) });
  const source = lowerUsing(`export function f(open: unknown, log: string[]): unknown {${body}}`, "test.ts");
  const f: unknown = new Function("open", "log", `${source.replace("export ", "")}; return f(open, log);`);
  if (typeof f !== "function") throw new Error("no function");
  try {
    return { log, result: f(open, log) };
  } catch (error) {
    return { log, result: error };
  }
}

t.test("lowerUsing() disposes in the reverse order, after the result is known", (t) => {
  const { log, result } = run('using a = open("a"); log.push("1"); using b = open("b"); log.push("2"); return a && b ? 7 : 0;');
  t.same(log, ["1", "2", "close b", "close a"]);
  t.equal(result, 7);
  t.end();
});

t.test("lowerUsing() disposes when the block throws, and when the next resource cannot be had", (t) => {
  t.same(run('using a = open("a"); throw new Error("no");').log, ["close a"]);
  const { log, result } = run('using a = open("a"); using b = (() => { throw new Error("no b"); })();');
  t.same(log, ["close a"]);
  t.match(result, { message: "no b" });
  t.end();
});

t.test("lowerUsing() takes a resource that is null or undefined", (t) => {
  t.same(run("using a = undefined; using b = null; log.push('x');").log, ["x"]);
  t.end();
});

t.test("lowerUsing() lowers inner blocks and functions", (t) => {
  const { log } = run(
    'if (log) { using a = open("a"); log.push("in"); } log.push("out"); [1].forEach(() => { using b = open("b"); });',
  );
  t.same(log, ["in", "close a", "out", "close b"]);
  t.end();
});

t.test("lowerUsing() refuses what the program does not use", (t) => {
  t.throws(() => lowerUsing("function f(x: any) { for (using a of x) {} }", "t.ts"), /head of a loop/);
  t.throws(() => lowerUsing("function f(x: any) { using a = x, b = x; }", "t.ts"), /one resource/);
  t.end();
});

t.test("hasUsing() sees the declaration and not the word", (t) => {
  t.equal(hasUsing("  using fd = open();"), true);
  t.equal(hasUsing("// using this"), false);
  t.end();
});
