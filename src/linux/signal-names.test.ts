// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { signalName, signalNumber } from "./signal-names.ts";

const accepted: readonly (readonly [string, number])[] = [
  ["9", 9],
  ["KILL", 9],
  ["SIGKILL", 9],
  ["sigterm", 15],
  ["Hup", 1],
  ["SIGIOT", 6],
  ["RTMIN", 34],
  ["SIGRTMIN+3", 37],
  ["rtmax-1", 63],
  ["64", 64],
];

t.test("signalNumber() takes numbers and names in any case", (t) => {
  for (const [text, number] of accepted) t.equal(signalNumber(text), number, text);
  for (const text of ["0", "65", "", "SIG", "NOPE", "RTMIN-1", "RTMIN+31", "-9", "9x", "1e1"])
    t.equal(signalNumber(text), undefined, text);
  t.end();
});

t.test("signalName() is the reverse", (t) => {
  t.equal(signalName(9), "SIGKILL");
  t.equal(signalName(34), "SIGRTMIN");
  t.equal(signalName(40), "SIGRTMIN+6");
  t.equal(signalName(99), "signal 99");
  t.end();
});
