// The form of a saved search: what to tell, when and where.
import type { AlertChannel, AlertEvent, SavedSearch, SavedSearchPatch } from "../api/alerts";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { ifChanged } from "../shell/ifChanged";
import { texts } from "../texts";

const t = texts.alerts;

export const EVENTS: AlertEvent[] = ["new", "price_down", "restock"];
export const PLANS: SavedSearch["schedule"][] = ["now", "daily", "weekly"];
const CLOSE = 0.7; // from which on results are said to be very similar

export interface AlertDraft {
  name: string;
  email: string; // of somebody without an account
  events: AlertEvent[];
  byMail: boolean;
  byPush: boolean;
  ntfy: string;
  webhook: string;
  schedule: SavedSearch["schedule"];
  maxPrice: string;
  alike: string; // a key of texts.alerts.alikes, or "kept": a bound that this form does not have
  exclude: string;
  quietFrom: string;
  quietTo: string;
}

export type AlertProblems = Partial<Record<"name" | "email" | "events" | "ntfy" | "webhook" | "max_price" | "quiet_hours" | "other", string>>;

export const newDraft = (name: string, byMail: boolean): AlertDraft => ({
  name,
  email: "",
  events: ["new", "price_down"],
  byMail,
  byPush: false,
  ntfy: "",
  webhook: "",
  schedule: "now",
  maxPrice: "",
  alike: "normal",
  exclude: "",
  quietFrom: "",
  quietTo: "",
});

export function draftOf(search: SavedSearch): AlertDraft {
  const urlOf = (type: AlertChannel["type"]) => search.channels.find((one) => one.type === type)?.url ?? "";
  const has = (type: AlertChannel["type"]) => search.channels.some((one) => one.type === type);
  return {
    name: search.name,
    email: "",
    events: search.events,
    byMail: has("email"),
    byPush: has("push"),
    ntfy: urlOf("ntfy"),
    webhook: urlOf("webhook"),
    schedule: search.schedule,
    maxPrice: search.max_price === null ? "" : String(search.max_price),
    alike: search.min_relevance === null ? "normal" : search.min_relevance === CLOSE ? "close" : "kept",
    exclude: search.exclude_words.join(", "),
    quietFrom: search.quiet_hours?.from ?? "",
    quietTo: search.quiet_hours?.to ?? "",
  };
}

const channelsOf = (draft: AlertDraft): AlertChannel[] => [
  ...(draft.byMail ? [{ type: "email" as const }] : []),
  ...(draft.byPush ? [{ type: "push" as const }] : []),
  ...(draft.ntfy.trim() ? [{ type: "ntfy" as const, url: draft.ntfy.trim() }] : []),
  ...(draft.webhook.trim() ? [{ type: "webhook" as const, url: draft.webhook.trim() }] : []),
];

const isUrl = (text: string) => text.trim() === "" || /^https?:\/\/[^/\s]+/.test(text.trim());

function problemsOf(draft: AlertDraft): AlertProblems {
  const problems: AlertProblems = {};
  const price = Number(draft.maxPrice.trim().replace(",", "."));
  if (draft.name.trim() === "") problems.name = t.nameWrong;
  if (draft.events.length === 0) problems.events = t.eventsWrong;
  if (!Number.isFinite(price) || price < 0) problems.max_price = t.maxPriceWrong;
  if ((draft.quietFrom === "") !== (draft.quietTo === "")) problems.quiet_hours = t.quietWrong;
  if (!isUrl(draft.ntfy)) problems.ntfy = t.urlWrong;
  if (!isUrl(draft.webhook)) problems.webhook = t.urlWrong;
  return problems;
}

export function optionsOf(draft: AlertDraft): { options: Omit<SavedSearchPatch, "is_active"> & { name: string }; problems: AlertProblems } {
  const price = draft.maxPrice.trim().replace(",", ".");
  return {
    options: {
      name: draft.name.trim(),
      events: draft.events,
      channels: channelsOf(draft),
      schedule: draft.schedule,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      max_price: price === "" ? null : Number(price),
      ...(draft.alike === "kept" ? {} : { min_relevance: draft.alike === "close" ? CLOSE : null }),
      exclude_words: draft.exclude
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean),
      quiet_hours: draft.quietFrom && draft.quietTo ? { from: draft.quietFrom, to: draft.quietTo } : null,
    },
    problems: problemsOf(draft),
  };
}

// What the draft changes of a saved search. The rest is left out: it may have been changed elsewhere meanwhile, as the time
// zone on a journey, and may be more than this form shows, as a second webhook.
export function patchOf(draft: AlertDraft, search: SavedSearch): { patch: SavedSearchPatch; problems: AlertProblems } {
  const { options, problems } = optionsOf(draft);
  const before = optionsOf(draftOf(search)).options;
  const channels = ifChanged(options.channels, before.channels);
  const schedule = ifChanged(options.schedule, before.schedule);
  const quiet_hours = ifChanged(options.quiet_hours, before.quiet_hours);
  const unseen = search.channels.filter((one, index) => search.channels.findIndex(({ type }) => type === one.type) < index);
  return {
    patch: {
      name: ifChanged(options.name, before.name),
      events: ifChanged(options.events, before.events),
      channels: channels && [...channels, ...unseen],
      schedule,
      time_zone: schedule === undefined && quiet_hours === undefined ? undefined : options.time_zone,
      max_price: ifChanged(options.max_price, before.max_price),
      min_relevance: ifChanged(options.min_relevance, before.min_relevance),
      exclude_words: ifChanged(options.exclude_words, before.exclude_words),
      quiet_hours,
    },
    problems,
  };
}

export function refusalOf(error: unknown): AlertProblems {
  if (!error) return {};
  if (error instanceof ApiError && error.status === 409) return error.field === "email" ? { email: t.mailImpossible } : { other: t.tooMany };
  if (error instanceof ApiError && error.status === 422 && error.field !== undefined) {
    const field = error.field.split(/[.[]/)[0] ?? "";
    const wrong: Record<string, AlertProblems> = {
      name: { name: t.nameWrong },
      email: { email: t.emailWrong },
      max_price: { max_price: t.maxPriceWrong },
      quiet_hours: { quiet_hours: t.quietWrong },
      channels: { other: t.urlWrong },
    };
    return wrong[field] ?? { other: t.searchWrong };
  }
  return { other: errorText(error) };
}
