// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseExactJson, parseJson, stringifyJson } from "./json.ts";
import { findSyntaxProblem } from "./json-syntax.ts";

/** A text that is no JSON, line and column of its first fault, and what is said of it. */
const faults: readonly (readonly [string, number, number, string])[] = [
  ["", 1, 1, "expected a value, found the end of the file"],
  ["{", 1, 2, "expected a property name in quotes, found the end of the file"],
  ['{"a":1,}', 1, 8, 'expected a property name in quotes after the comma, found "}"'],
  ["[1,]", 1, 4, 'expected a value after the comma, found "]"'],
  ["[1 2]", 1, 4, 'expected "," or "]", found "2"'],
  ['{"a" 1}', 1, 6, 'expected ":" after the property name, found "1"'],
  ["{a:1}", 1, 2, 'expected a property name in quotes, found "a"'],
  ["{'a':1}", 1, 2, 'expected a property name in quotes, found "\'"'],
  ['{\n  "a": tru\n}', 2, 8, 'expected a value, found "tru"'],
  ["[01]", 1, 2, 'expected a value, found "01"'],
  ["[1.]", 1, 3, 'expected "," or "]", found "."'],
  ["[+1]", 1, 2, 'expected a value, found "+1"'],
  ["[NaN]", 1, 2, 'expected a value, found "NaN"'],
  ['["a\nb"]', 1, 2, "a string must not have a control character or line break in it"],
  ['["a', 1, 2, "the string that starts here does not end"],
  ['["\\x"]', 1, 3, "the string has an escape that JSON does not know"],
  ["{} {}", 1, 4, 'expected the end of the file, found "{"'],
  ["\ufeff{}", 1, 1, 'expected a value, found "\ufeff"'],
  ['{\n\t"a": 1\n\t"b": 2\n}', 3, 2, 'expected "," or "}", found "\\""'],
  ['{"a": 1,\n "b": {"a": 2},\n "\\u0061": 3}', 3, 2, 'the object has "a" twice'],
  ["[".repeat(600), 1, 513, "is nested deeper than 512 levels"],
];

t.test("findSyntaxProblem() tells where and why", (t) => {
  for (const [text, line, column, message] of faults) {
    t.match(findSyntaxProblem(text), { line, column, message }, JSON.stringify(text.slice(0, 30)));
  }
  t.end();
});

t.test("findSyntaxProblem() takes what JSON.parse takes", (t) => {
  const good = ['{"a":[1,-0.5e+10,"\\u00e9\\n",true,false,null,{}],"b":{}}', " [ ] ", "1", '""', "-0", "[1e3]"];
  for (const text of good) t.equal(findSyntaxProblem(text), undefined, text);
  t.end();
});

t.test("the excerpt points at the fault, and a long line is cut around it", (t) => {
  t.equal(findSyntaxProblem('{\n\t"a": x\n}')?.excerpt, ' "a": x\n      ^');
  const long = findSyntaxProblem(`["${"x".repeat(500)}", ?, "${"y".repeat(500)}"]`);
  t.equal(long?.excerpt, `${"x".repeat(47)}", ?, "${"y".repeat(46)}\n${" ".repeat(50)}^`);
  t.end();
});

t.test("parseJson() names file, line and column", (t) => {
  t.throws(() => parseJson('{"a":}', "config.json"), {
    message: 'config.json is not valid JSON: line 1, column 6: expected a value, found "}"\n    {"a":}\n         ^',
  });
  t.end();
});

t.test("parseExactJson() makes bigints of what a number would round, and of nothing else", (t) => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["18446744073709551615", 18446744073709551615n],
    ["-9223372036854775808", -9223372036854775808n],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["0.1234567890123456789", 0.1234567890123456789],
    ["1234567890123456789.5", 1234567890123456789.5],
    ["12345678901234567890e2", 12345678901234567890e2],
    ['"18446744073709551615"', "18446744073709551615"],
    ['"a\\"18446744073709551615"', 'a"18446744073709551615'],
    ['{"18446744073709551615":[18446744073709551615,"\\\\",1]}', { "18446744073709551615": [18446744073709551615n, "\\", 1] }],
  ];
  for (const [text, value] of cases) t.same(parseExactJson(text), value, text);
  t.end();
});

t.test("stringifyJson() writes bigints as integers", (t) => {
  t.equal(stringifyJson({ a: [1, 18446744073709551615n], b: "x" }), '{"a":[1,18446744073709551615],"b":"x"}');
  t.equal(stringifyJson([-5n], 2), "[\n  -5\n]");
  t.end();
});
