// The calls of the API about saved searches, their alerts, and how these are delivered.
import { call, json, removeAt } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type SavedSearch = Schemas["SavedSearch"];
export type SavedSearchWrite = Schemas["SavedSearchWrite"];
export type SavedSearchPatch = Schemas["SavedSearchPatch"];
export type Alert = Schemas["Alert"];
export type AlertList = Schemas["AlertList"];
export type AlertEvent = Alert["event"];
export type AlertChannel = Schemas["AlertChannel"];
export type NotificationSettings = Schemas["NotificationSettings"];
export type Subscription = Schemas["Subscription"];
export type PushSubscriptionWrite = Schemas["PushSubscriptionWrite"];

const SEARCHES = "/api/v1/saved-searches";
const NOTIFICATIONS = "/api/v1/notifications";
const at = (id: string) => `${SEARCHES}/${encodeURIComponent(id)}`;
const unsubscribeAt = (token: string, all: boolean) => `${NOTIFICATIONS}/unsubscribe?token=${encodeURIComponent(token)}${all ? "&all=true" : ""}`;

export const savedSearches = {
  list: (signal?: AbortSignal) => call<Schemas["SavedSearchList"]>(SEARCHES, { signal }),
  create: (search: SavedSearchWrite) => call<SavedSearch>(SEARCHES, { method: "POST", ...json(search) }),
  change: (id: string, patch: SavedSearchPatch) => call<SavedSearch>(at(id), { method: "PATCH", ...json(patch) }),
  remove: (id: string) => removeAt(at(id)),
  alerts: (id: string, limit: number, cursor?: string, signal?: AbortSignal) =>
    call<AlertList>(`${at(id)}/alerts?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, { signal }),
};

export const notifications = {
  settings: (signal?: AbortSignal) => call<NotificationSettings>(NOTIFICATIONS, { signal }),
  askConfirmation: () => call<undefined>(`${NOTIFICATIONS}/confirmation`, { method: "POST" }),
  confirm: (token: string) => call<Schemas["ConfirmedAddress"]>(`${NOTIFICATIONS}/confirm`, { method: "POST", ...json({ token }) }),
  subscription: (token: string, signal?: AbortSignal) => call<Subscription>(unsubscribeAt(token, false), { signal }),
  unsubscribe: (token: string, all: boolean) => call<Subscription>(unsubscribeAt(token, all), { method: "POST" }),
  addPush: (subscription: PushSubscriptionWrite) => call<Schemas["PushSubscription"]>(`${NOTIFICATIONS}/push`, { method: "POST", ...json(subscription) }),
  removePush: (id: string) => removeAt(`${NOTIFICATIONS}/push/${encodeURIComponent(id)}`),
  removeDevice: (id: string) => removeAt(`${NOTIFICATIONS}/devices/${encodeURIComponent(id)}`),
  test: (channel: AlertChannel) => call<Schemas["NotificationTestResult"]>(`${NOTIFICATIONS}/test`, { method: "POST", ...json({ channel }) }),
};
