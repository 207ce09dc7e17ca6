// The photos of which garments are being made. They belong to the app and not to the page, as uploads do.
import { ApiError } from "../api/client";
import { wardrobe } from "../api/wardrobe";
import { base64Of } from "../photo/base64";
import { PhotoError, preparePhoto } from "../photo/prepare";
import { Sending, type Keep, type Send } from "../uploads/sending";
import { unsent } from "./device";

// The photo as it is sent. It is refused here in the words of the server.
async function prepared(file: Blob): Promise<Blob> {
  try {
    return await preparePhoto(file);
  } catch (error) {
    if (!(error instanceof PhotoError)) throw error;
    const large = error.problem === "too-large";
    throw new ApiError("", large ? 413 : 415, "image_base64", undefined, large ? "too_large" : "unsupported_media");
  }
}

export const photoText = async (file: Blob) => base64Of(await prepared(file));

// What is said of a photo: its path in a folder, which names the garment.
export interface PhotoMetadata {
  path?: string;
}

const NAMELESS = "1.jpg"; // a file name without words, of which no name is made

// The server names the file that it refuses; what was refused is the photo.
function refusal(error: unknown): unknown {
  const isOfPhoto = error instanceof ApiError && [413, 415, 422].includes(error.status) && error.field !== "wardrobe";
  return isOfPhoto ? new ApiError(error.message, error.status, "image_base64", error.requestId, error.code) : error;
}

const addPhoto: Send = async (file, metadata: PhotoMetadata, { signal, onProgress, together = [file] }) => {
  const photos: { photo: Blob; path: string }[] = [];
  for (const one of together) {
    const path = together.length > 1 ? `${metadata.path ?? ""}/${one.name}` : (metadata.path ?? NAMELESS);
    photos.push({ photo: await prepared(one), path });
    onProgress((0.5 * photos.length) / together.length); // the rest is sent in one piece
  }
  try {
    const { garments } = await wardrobe.addPhotos(photos, together.length > 1 ? "folder" : "photo", signal);
    return { status: garments.length > 0 ? "queued" : "known" };
  } catch (error) {
    throw refusal(error);
  }
};

const FIRST_PAUSE_MS = 1_000;

export const makeAdding = (keep?: Keep) => new Sending(addPhoto, FIRST_PAUSE_MS, keep);
export const adding = makeAdding("caches" in window ? unsent : undefined);
