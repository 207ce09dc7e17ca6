// The garments in a photo (POST /api/v1/detect).
import { call } from "./client";

export interface DetectedGarment {
  index: number;
  box: { left: number; top: number; right: number; bottom: number };
  category: string;
  confidence: number;
}

export interface Detection {
  width: number; // of the upright photo, in pixels
  height: number;
  garments: DetectedGarment[]; // the most prominent first
}

export function detectGarments(photo: Blob, signal?: AbortSignal): Promise<Detection> {
  const form = new FormData();
  form.set("image", photo, "photo");
  return call<Detection>("/api/v1/detect", { method: "POST", body: form, signal });
}
