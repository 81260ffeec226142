// SPDX-License-Identifier: Apache-2.0
/** Completion in the shells, as somebody has it who installed the Debian package: words, flags, values, and containers that are there. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { Container, must } from "../lib/container.ts";
import { findProgram, repository, temporary, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import { onTerminal } from "../lib/terminal.ts";
import type { Typing } from "../lib/terminal.ts";

const LINE_AWAY = "\u0015";
const root = join(temporary, "root");
const share = join(root, "usr/share");
const deb = must(run(["tools/make-package.sh", "deb", join(temporary, "deb")], { cwd: repository, timeout: 60 })).stdout.trim();
mkdirSync(root);
must(run(["dpkg-deb", "-x", deb, root]));

/** A container that completion can find, and where its state is. */
const web = new Container();
t.teardown(() => web.dispose());
web.config.process.args = ["sleep", "100"];
must(web.create());

const env = {
  ...process.env,
  PATH: `${join(root, "usr/sbin")}:${process.env["PATH"] ?? ""}`,
  HOME: temporary,
  XDG_DATA_DIRS: share,
  TERM: "xterm",
  PS1: "# ",
};

/** Somebody types until the last of it was seen; who does not see it does not come to the word that ends the shell. */
async function typeInto(t: Test, argv: readonly string[], typing: readonly Typing[]): Promise<void> {
  const { code, output } = await onTerminal(argv, [...typing, { after: "", type: `${LINE_AWAY}exit 7\n` }], env);
  t.equal(code, 7, `all was seen: ${output}`);
}

const missing = (shell: string): string | false => unless(findProgram(shell) !== undefined, `not installed: ${shell}`);
const killed = `runt --root ${web.stateRoot} kill `;
const idBegin = web.id.slice(0, -2);

t.test("bash", { skip: missing("bash") }, (t) =>
  typeInto(
    t,
    ["bash", "--norc", "--noprofile", "-i"],
    [
      { after: "# ", type: `. ${share}/bash-completion/completions/runt\n` },
      { after: "# ", type: "runt sta\t\t" },
      { after: "start  state", type: `${LINE_AWAY}runt create --b\t` },
      { after: "--bundle ", type: `${LINE_AWAY}runt --log-format \t\t` },
      // On a screen of its own width: where the line is folded, the id is not in one piece.
      { after: "json  text", resize: { rows: 40, columns: 400 }, type: `${LINE_AWAY}${killed}${idBegin}\t` },
      { after: `kill ${web.id} ` },
    ],
  ),
);

t.test("zsh", { skip: missing("zsh") }, (t) =>
  typeInto(
    t,
    ["zsh", "-f", "-i"],
    [
      { after: "# ", resize: { rows: 40, columns: 160 } },
      { after: "", type: `fpath=(${share}/zsh/vendor-completions $fpath); autoload -U compinit; compinit -u -D\n` },
      { after: "# ", type: "runt sta\t" },
      { after: "start  -- let a created container run its process", type: `${LINE_AWAY}runt create --b\t` },
      { after: "--bundle  -- directory that holds config.json", type: `${LINE_AWAY}runt --log-format \t` },
      { after: "json  text", type: `${LINE_AWAY}${killed}${idBegin}\t` },
      { after: `kill ${web.id}` },
    ],
  ),
);

t.test("fish", { skip: missing("fish") }, (t) => {
  const complete = (line: string): string[] =>
    must(run(["fish", "--command", `complete --do-complete '${line}'`], { env }))
      .stdout.trim()
      .split("\n");
  t.strictSame(complete("runt sta"), [
    "start\tlet a created container run its process",
    "state\tshow the state of a container as JSON",
  ]);
  t.equal(complete("runt create --b")[0], "--bundle\tdirectory that holds config.json"); // fish 4 goes on with what is like it
  t.match(complete("runt --log-format ").join(" "), /json\b.*text\b/);
  t.match(complete(`${killed}${idBegin}`).join(" "), web.id);
  t.end();
});
