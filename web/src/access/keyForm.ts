// What the form of a new key says, as the API takes it, and what is wrong with it.
import type { ApiKey, ApiKeyWrite } from "../api/access";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { pageTexts } from "../pageTexts";

const t = pageTexts.keys;

export const KEY_SCOPES = ["search", "items:read", "items:write", "content:review", "embed", "ingest", "metrics", "admin"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];
export const EXPIRIES = ["30", "90", "365", "date", "never"] as const;
export type KeyField = "name" | "scopes" | "filters" | "expires_at" | "rate_limit";
export type Problems = Partial<Record<KeyField | "other", string>>;

export interface KeyDraft {
  name: string;
  scopes: string[];
  filters: string; // JSON
  expiry: string; // one of EXPIRIES
  date: string; // of the expiry "date": YYYY-MM-DD
  rate: string;
}

const DAY_MS = 86_400_000;

// The time at which a key expires; null: never; undefined: there is no such day, or it has passed.
export function expiryOf(draft: KeyDraft, now: number): string | null | undefined {
  if (draft.expiry === "never") return null;
  if (draft.expiry !== "date") return new Date(now + Number(draft.expiry) * DAY_MS).toISOString();
  const end = new Date(`${draft.date}T23:59:59`).getTime(); // the day belongs to the key, where its maker is
  return end > now ? new Date(end).toISOString() : undefined;
}

function filtersOf(text: string): ApiKeyWrite["filters"] | undefined {
  if (!text) return null;
  try {
    const filters: unknown = JSON.parse(text);
    return typeof filters === "object" && filters !== null && !Array.isArray(filters) ? filters : undefined;
  } catch {
    return undefined;
  }
}

export function keyOf(draft: KeyDraft, now = Date.now()): { body: ApiKeyWrite; problems: Problems } {
  const problems: Problems = {};
  const filters = filtersOf(draft.filters.trim());
  const expires_at = expiryOf(draft, now);
  if (!draft.name.trim()) problems.name = t.nameWrong;
  if (draft.scopes.length === 0) problems.scopes = t.scopesWrong;
  if (filters === undefined) problems.filters = t.filtersJson;
  else if (filters && draft.scopes.some((scope) => scope !== "search" && scope !== "items:read")) problems.scopes = t.filtersScopes;
  if (expires_at === undefined) problems.expires_at = t.dateWrong;
  const body: ApiKeyWrite = { name: draft.name.trim(), scopes: draft.scopes as KeyScope[], expires_at: expires_at ?? null };
  if (filters) body.filters = filters;
  if (draft.rate.trim()) body.rate_limit = draft.rate.trim();
  return { body, problems };
}

// What the server has against the key. Its messages have the names of the API; the filters are written in these names.
export function refusalOf(error: unknown): Problems {
  if (!error) return {};
  const field = error instanceof ApiError ? error.field : undefined;
  const [first, second] = field?.split(".") ?? [];
  switch (first) {
    case "name":
      return { name: t.nameWrong };
    case "scopes":
      return { scopes: t.scopesWrong };
    case "filters":
      return { filters: second ? t.filterWrong(second) : t.filtersWrong };
    case "expires_at":
      return { expires_at: t.dateWrong };
    case "rate_limit":
      return { rate_limit: t.rateWrong };
    default:
      return { other: errorText(error) };
  }
}

export type KeyState = "active" | "expired" | "revoked";

export function stateOf(key: ApiKey, now = Date.now()): KeyState {
  if (key.revoked_at) return "revoked";
  return key.expires_at && Date.parse(key.expires_at) <= now ? "expired" : "active";
}

// Who made a key: "key:7", "user:3", "local" or "command line".
export const makerOf = (createdBy: string) => t.by[createdBy.split(":")[0] ?? ""] ?? createdBy;
