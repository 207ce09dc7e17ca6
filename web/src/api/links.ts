// The calls of the API about searches that are shared by a short link.
import { call, file, json, removeAt } from "./client";
import { deviceHeaders, drawDeviceId } from "./device";
import type { components } from "./schema.gen";

export type ShortLink = components["schemas"]["ShortLink"];
export type LinkQuery = components["schemas"]["ShortLinkWrite"]["query"];

const ROOT = "/api/v1/links";
const at = (code: string) => `${ROOT}/${encodeURIComponent(code)}`;

export const shortLinks = {
  // Somebody without an account is named by their device, which may then remove the link.
  create(query: LinkQuery, keepPhoto: boolean) {
    const { headers, body } = json({ query, ...(keepPhoto && { keep_photo: true }) });
    return call<ShortLink>(ROOT, { method: "POST", body, headers: { ...headers, ...deviceHeaders(drawDeviceId()) } });
  },
  one: (code: string, signal?: AbortSignal) => call<ShortLink>(at(code), { signal }),
  photo: (link: ShortLink) => (link.photo_url === null ? Promise.resolve(undefined) : file(link.photo_url)),
  async remove(code: string) {
    await removeAt(at(code), deviceHeaders());
  },
};
