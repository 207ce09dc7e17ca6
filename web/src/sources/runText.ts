import type { SourceRun } from "../api/sources";
import { locale } from "../language/language";
import { texts } from "../texts";

const t = texts.sources;

// What a run found, without the counts that are 0: "120 seen · 3 new".
export const countsOf = (counts: SourceRun["counts"]): string =>
  Object.entries(t.counts)
    .map(([name, text]) => [counts[name as keyof typeof counts], text] as const)
    .filter(([n]) => n > 0)
    .map(([n, text]) => `${n.toLocaleString(locale())} ${text}`)
    .join(" · ");

// The failures of a run by reason, the most frequent first.
export const failuresOf = (run: SourceRun): [reason: string, n: number][] =>
  Object.entries(run.failures)
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, n]) => [t.reasons[reason] ?? reason, n]);
