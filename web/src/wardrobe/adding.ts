// The photos of which garments are being made. They belong to the app and not to the page, as uploads do.
import { ApiError } from "../api/client";
import { wardrobe } from "../api/wardrobe";
import { base64Of } from "../photo/base64";
import { PhotoError, preparePhoto } from "../photo/prepare";
import { Sending, type Send } from "../uploads/sending";

// A photo is refused here in the words of the server.
export async function photoText(file: Blob): Promise<string> {
  try {
    return await base64Of(await preparePhoto(file));
  } catch (error) {
    if (!(error instanceof PhotoError)) throw error;
    const large = error.problem === "too-large";
    throw new ApiError("", large ? 413 : 415, "image_base64", undefined, large ? "too_large" : "unsupported_media");
  }
}

const addPhoto: Send = async (file, _, { signal, onProgress }) => {
  const image_base64 = await photoText(file);
  onProgress(0.5); // the rest is sent in one piece
  await wardrobe.add({ image_base64 }, signal);
  return { status: "queued" };
};

export const makeAdding = () => new Sending(addPhoto);
export const adding = makeAdding();
