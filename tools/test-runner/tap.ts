// SPDX-License-Identifier: Apache-2.0
/** Reads TAP 14 and counts the assertions: the points that do not sum up a subtest. Pure. */

/** A test point that failed, with the path of subtests that leads to it and its indented details. */
export interface Failure {
  readonly name: string;
  readonly details: string;
}

/** A test with a title of its own: a subtest, or what was skipped in place of one. */
export interface TitledTest {
  readonly name: string;
  /** Why it did not run. */
  readonly skipped?: string | undefined;
}

export interface TapResult {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** One text a skipped point: `name: reason`. */
  readonly skips: readonly string[];
  readonly tests: readonly TitledTest[];
  /** Whether the outermost plan was seen and met. */
  readonly complete: boolean;
}

interface Level {
  /** Points seen at this indentation since the enclosing point, and those of them that failed. */
  points: number;
  failed: number;
  /** Why the points were skipped, as long as all of them were. */
  skipped: string | undefined;
  planned: number | undefined;
  /** Comment `# Subtest: name` that opened the level. */
  name: string;
}

function newLevel(name: string): Level {
  return { points: 0, failed: 0, skipped: undefined, planned: undefined, name };
}

const POINT = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(.*)$/;
const DIRECTIVE = /\s+#\s*(skip|todo)\b\S*\s*(.*)$/i;

function levelName(levels: readonly Level[], last: string): string {
  return [...levels.slice(1).map((level) => level.name), last].filter((part) => part !== "").join(" > ");
}

/** What a TAP reader carries from line to line. */
class Reader {
  passed = 0;
  readonly failures: { name: string; details: string }[] = [];
  readonly skips: string[] = [];
  readonly tests: TitledTest[] = [];
  readonly levels: Level[] = [newLevel("")];
  /** Indentation of a YAML block that is being read, and the failure it belongs to. */
  #yaml: { indent: number; owner: { details: string } | undefined } | undefined;
  #last: { details: string } | undefined;

  line(text: string): void {
    const indent = text.length - text.trimStart().length;
    const body = text.trim();
    if (this.#yaml) return this.#yamlLine(text, indent, body);
    if (body === "---") {
      this.#yaml = { indent, owner: this.#last };
      return;
    }
    if (indent % 4 !== 0 || body === "") return;
    const depth = indent / 4;
    const subtest = /^# Subtest: (.*)$/.exec(body);
    // Depth of a subtest's comment: its parent's in TAP 14 as tap writes it, so the level opens below.
    if (subtest) return this.#open(depth + 1, subtest[1] ?? "");
    if (depth >= this.levels.length) return;
    const plan = /^1\.\.(\d+)(?:\s*#\s*skip\S*\s*(.*))?/i.exec(body);
    if (plan) return this.#plan(depth, Number(plan[1]), plan[2]);
    if (body.startsWith("Bail out!")) this.#fail(this.levels.slice(0, 1), body);
    const point = POINT.exec(body);
    if (point) this.#point(depth, point[1] === undefined, (point[2] ?? "").replace(/ \{$/, ""));
  }

  #yamlLine(text: string, indent: number, body: string): void {
    if (body === "..." && indent === this.#yaml?.indent) this.#yaml = undefined;
    else if (this.#yaml?.owner) this.#yaml.owner.details += `${text.slice(this.#yaml.indent)}\n`;
  }

  #open(depth: number, name: string): void {
    this.levels.length = Math.min(depth, this.levels.length);
    this.levels.push(newLevel(name));
  }

  #plan(depth: number, count: number, skipped: string | undefined): void {
    const level = this.levels[depth];
    if (!level) return;
    level.planned = count;
    if (count === 0 && depth === 0 && skipped !== undefined) this.skips.push(skipped);
  }

  #point(depth: number, ok: boolean, text: string): void {
    const inner = this.levels[depth + 1];
    const level = this.levels[depth];
    if (!level) return;
    this.levels.length = depth + 1;
    level.points++;
    const directive = DIRECTIVE.exec(text);
    const name = text.replace(DIRECTIVE, "").replace(/\s+# time=\S+$/, "");
    const skipped = directive ? directive[2] || "no reason given" : inner?.skipped;
    level.skipped = level.points === 1 || level.skipped !== undefined ? skipped : undefined;
    if (directive || inner)
      this.tests.push({ name: name.replace(/\\([#\\])/g, "$1"), ...(skipped === undefined ? {} : { skipped }) });
    this.#last = undefined;
    if (!ok && !directive) level.failed++;
    if (directive) this.skips.push(`${levelName(this.levels, name)}: ${skipped ?? ""}`);
    else if (ok && !(inner && inner.points > 0)) this.passed++;
    // A subtest that fails for its children's sake has been counted; one that fails by itself (time, plan, throw) has not.
    else if (!ok && !(inner && inner.failed > 0)) this.#fail(this.levels, name);
  }

  #fail(levels: readonly Level[], name: string): void {
    const failure = { name: levelName(levels, name), details: "" };
    this.failures.push(failure);
    this.#last = failure;
  }
}

/** Counts what TAP text says. Lines that are not TAP (a program's own output) are passed over. */
export function parseTap(text: string): TapResult {
  const reader = new Reader();
  for (const line of text.split("\n")) reader.line(line);
  const outer = reader.levels[0];
  const complete = outer?.planned !== undefined && outer.planned === outer.points;
  return { passed: reader.passed, failures: reader.failures, skips: reader.skips, tests: reader.tests, complete };
}
