// What an error means for the person in front of the page. The server's own messages name fields and limits of the API.
import { ApiError } from "../api/client";
import { texts } from "../texts";
import { LoadError } from "./loadModule";

const PHOTO_FIELDS = new Set(["image", "image_base64"]);

export const isOffline = () => !navigator.onLine;

function ofPhoto(status: number): string {
  return status === 413 ? texts.errors.photoTooLarge : texts.query.unreadable;
}

function ofStatus(status: number): string {
  switch (status) {
    case 401:
      return texts.errors.signedOut;
    case 403:
      return texts.errors.notAllowed;
    case 404:
      return texts.errors.gone;
    case 409:
    case 412:
      return texts.errors.changed;
    case 413:
      return texts.errors.tooLarge;
    case 429:
    case 503:
      return texts.errors.busy;
    case 504:
      return texts.errors.tooSlow;
    case 507:
      return texts.errors.full;
    default:
      return status >= 500 ? texts.errors.server : texts.errors.notUnderstood;
  }
}

export function errorText(error: unknown): string {
  if (error instanceof LoadError) return isOffline() ? texts.errors.partOffline : texts.errors.partMissing;
  if (!(error instanceof ApiError)) return texts.errors.unexpected;
  const { status, field } = error;
  if (error.unreachable) return isOffline() ? texts.errors.offlineLead : texts.errors.unreachableLead;
  const busy = status === 429 || status === 503;
  if (!busy && field !== undefined) {
    // A server that failed says nothing about the photo.
    if (PHOTO_FIELDS.has(field) && status < 500) return ofPhoto(status);
    if (field === "image_url") return texts.errors.photoAddress;
    if (field === "item_id") return texts.errors.itemMissing;
    if (field === "like" || field === "unlike") return status === 404 ? texts.errors.itemMissing : texts.errors.examples;
    if (field === "text") return texts.errors.words;
    if (field === "wardrobe") return texts.errors.wardrobeFull;
  }
  return ofStatus(status);
}

// The request id of an error of the server. An operator finds the request in the server's log by it.
export const referenceOf = (error: unknown) => (error instanceof ApiError && error.status >= 500 ? error.requestId : undefined);
