// The form of a source's schedule and settings, and what the server says about it.
import { ApiError } from "../api/client";
import type { Source, SourceChange } from "../api/sources";
import { errorText } from "../shell/errorText";
import { ifChanged } from "../shell/ifChanged";
import { texts } from "../texts";

const t = texts.sources;

export interface SourceDraft {
  every: string; // a key of texts.sources.schedules
  cron: string;
  zone: string;
  paused: boolean;
  settings: string; // JSON
}

export type SourceProblems = Partial<Record<"address" | "name" | "schedule" | "time_zone" | "settings" | "other", string>>;

export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const SCHEDULES = Object.entries(t.schedules);

// The server may write an interval in another unit: 24h as 1d.
const SAME: Record<string, string> = { "60m": "1h", "180m": "3h", "720m": "12h", "1d": "24h" };
const everyOf = (schedule: string) => {
  const known = SAME[schedule] ?? schedule;
  return known !== "cron" && known in t.schedules ? known : "cron";
};

export const scheduleText = ({ schedule, time_zone }: Pick<Source, "schedule" | "time_zone">) => {
  const every = everyOf(schedule);
  return every === "cron" ? [schedule, schedule.includes(" ") && time_zone].filter(Boolean).join(", ") : (t.schedules[every] ?? schedule);
};

export function draftOf(source?: Source): SourceDraft {
  const schedule = source?.schedule ?? "3h";
  const every = everyOf(schedule);
  return {
    every,
    cron: every === "cron" ? schedule : "",
    zone: source?.time_zone || OWN_ZONE,
    paused: source?.paused ?? false,
    settings: source && Object.keys(source.settings).length > 0 ? JSON.stringify(source.settings, undefined, 2) : "",
  };
}

function settingsOf(text: string): object | undefined {
  if (text.trim() === "") return {};
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

// What the draft changes. Members of the settings that were there before and are not any more are null: that removes them.
export function changeOf(draft: SourceDraft, before: object = {}): { body: SourceChange; problems: SourceProblems } {
  const settings = settingsOf(draft.settings);
  const problems: SourceProblems = {};
  if (settings === undefined) problems.settings = t.settingsJson;
  const isCron = draft.every === "cron";
  if (isCron && draft.cron.trim() === "") problems.schedule = t.cronWrong;
  const dropped = Object.keys(before).filter((name) => !(name in (settings ?? {})));
  const changed = { ...Object.fromEntries(dropped.map((name) => [name, null])), ...settings };
  return {
    body: {
      schedule: isCron ? draft.cron.trim() : draft.every,
      ...(isCron ? { time_zone: draft.zone.trim() } : {}),
      paused: draft.paused,
      ...(Object.keys(changed).length > 0 && JSON.stringify(settings) !== JSON.stringify(before) ? { settings: changed as never } : {}),
    },
    problems,
  };
}

// What the draft changes of a source. The rest is left out: somebody else may have changed it meanwhile.
export function patchOf(draft: SourceDraft, address: string, source: Source): { patch: SourceChange; problems: SourceProblems } {
  const { body, problems } = changeOf(draft, source.settings);
  const before = changeOf(draftOf(source), source.settings).body;
  return {
    patch: {
      schedule: ifChanged(body.schedule, before.schedule),
      time_zone: ifChanged(body.time_zone, before.time_zone),
      paused: ifChanged(body.paused, before.paused),
      settings: body.settings,
      address: ifChanged(address.trim(), source.address),
    },
    problems,
  };
}

// What is said below the form: what is wrong with fields that it does not show.
export const unseenOf = (problems: SourceProblems, shown: string[]): string =>
  Object.entries(problems)
    .filter(([field]) => !shown.includes(field))
    .map(([, text]) => text)
    .filter(Boolean)
    .join(" ");

// The fields of a source's schedule and settings that a draft shows.
export const fieldsOf = ({ every }: SourceDraft) => (every === "cron" ? ["schedule", "time_zone", "settings"] : ["settings"]);

export function refusalOf(error: unknown): SourceProblems {
  if (!error) return {};
  if (error instanceof ApiError && error.field !== undefined) {
    const field = error.field.split(/[.[]/)[0] ?? "";
    if (error.status === 409 && field === "name") return { name: t.nameTaken };
    if (error.status === 422) {
      const wrong: Record<string, SourceProblems> = {
        address: { address: t.addressWrong },
        name: { name: t.nameWrong },
        schedule: { schedule: t.cronWrong },
        time_zone: { time_zone: t.zoneWrong },
      };
      return wrong[field] ?? { settings: t.settingsWrong };
    }
  }
  return { other: errorText(error) };
}
