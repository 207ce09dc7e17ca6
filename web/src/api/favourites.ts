// The calls of the API about favourites.
import { call, json } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type FavouriteList = Schemas["FavouriteList"];
export type FavouriteListWithItems = Schemas["FavouriteListWithItems"];
export type Favourite = Schemas["Favourite"];

const ROOT = "/api/v1/favourites";
const at = (id: string) => `${ROOT}/${encodeURIComponent(id)}`;
// A change goes on when the page is left.
const change = (method: string) => ({ method, keepalive: true });
const send = (method: string, body: unknown) => ({ ...change(method), ...json(body) });

export const favourites = {
  lists: (signal?: AbortSignal) => call<Schemas["FavouriteLists"]>(ROOT, { signal }),
  list: (id: string, signal?: AbortSignal) => call<FavouriteListWithItems>(at(id), { signal }),
  create: (name: string) => call<FavouriteList>(ROOT, send("POST", { name })),
  rename: (id: string, name: string) => call<FavouriteList>(at(id), send("PATCH", { name })),
  remove: (id: string) => call<undefined>(at(id), change("DELETE")),
  add: (id: string, item_id: string) => call<FavouriteList>(`${at(id)}/items`, send("POST", { item_id })),
  take: (id: string, item: string) => call<undefined>(`${at(id)}/items/${encodeURIComponent(item)}`, change("DELETE")),
};
