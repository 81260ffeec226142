// SPDX-License-Identifier: Apache-2.0
/** A bar chart of the benchmark's times, each row scaled to its slowest runtime. Pure. */
import type { Report, Row } from "./table.ts";

const NAMES = ["runt", "crun", "runc"] as const;
const COLORS: Readonly<Record<string, string>> = { runt: "#2f6fde", crun: "#8a94a6", runc: "#c3cad6" };
const LABEL = 250;
const BAR = 400;
const WIDTH = LABEL + BAR + 110;
const BAR_HEIGHT = 14;
const ROW_HEIGHT = NAMES.length * (BAR_HEIGHT + 2) + 16;
const TOP = 36;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("`", "");
}

function drawRow(row: Row, y: number): string[] {
  const longest = Math.max(...Object.values(row.values));
  const parts = [`<text x="${LABEL - 12}" y="${y + ROW_HEIGHT / 2 - 4}" text-anchor="end">${escape(row.what)}</text>`];
  NAMES.forEach((name, index) => {
    const value = row.values[name];
    if (value === undefined) return;
    const top = y + index * (BAR_HEIGHT + 2);
    const width = Math.max(1, (value / longest) * BAR).toFixed(1);
    const text = row.unit === "KiB" ? `${Math.round(value)} KiB` : `${value.toFixed(1)} ${row.unit}`;
    parts.push(`<rect x="${LABEL}" y="${top}" width="${width}" height="${BAR_HEIGHT}" fill="${COLORS[name] ?? "#000"}"/>`);
    parts.push(`<text x="${LABEL + Number(width) + 6}" y="${top + 11}" class="small">${text}</text>`);
  });
  return parts;
}

/** The chart as a text of SVG; rows without a peer are left out. */
export function drawReport(report: Report): string {
  const rows = report.rows.filter((row) => Object.keys(row.values).length > 1 && (row.unit === "ms" || row.unit === "KiB"));
  const height = TOP + rows.length * ROW_HEIGHT + 24;
  const legend = NAMES.flatMap((name, index) => {
    const x = LABEL + index * 80;
    return [
      `<rect x="${x}" y="10" width="12" height="12" fill="${COLORS[name] ?? "#000"}"/>`,
      `<text x="${x + 18}" y="20" class="small">${name}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    "<title>runt beside crun and runc: less is better</title>",
    "<style>text{font:13px system-ui,sans-serif;fill:#5b6472}.small{font-size:11px}</style>",
    ...legend,
    ...rows.flatMap((row, index) => drawRow(row, TOP + index * ROW_HEIGHT)),
    `<text x="${LABEL}" y="${height - 8}" class="small">one run on one machine, medians; less is better</text>`,
    "</svg>",
    "",
  ].join("\n");
}
