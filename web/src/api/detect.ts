// The garments in a photo (POST /api/v1/detect).
import { call } from "./client";
import type { components } from "./schema.gen";

export type DetectedGarment = components["schemas"]["DetectedGarment"];
export type Detection = components["schemas"]["Detection"];

export function detectGarments(photo: Blob, signal?: AbortSignal): Promise<Detection> {
  const form = new FormData();
  form.set("image", photo, "photo");
  return call<Detection>("/api/v1/detect", { method: "POST", body: form, signal });
}
