import { useState, type ComponentProps } from "react";
import { cutoutOf, type GarmentPhoto } from "../api/wardrobe";

interface Props extends ComponentProps<"img"> {
  photo: GarmentPhoto;
  alt: string;
  isCutout?: boolean; // without its background, where that can be told from the garment
}

// The thumbnail of a photo; the photo itself until it has one.
export function PhotoImage({ photo, alt, isCutout = false, ...image }: Props) {
  const sources = [...(isCutout ? [cutoutOf(photo)] : []), photo.thumbnail_url, photo.image_url];
  const [failures, setFailures] = useState(0);
  const index = Math.min(failures, sources.length - 1);
  return <img src={sources[index]} alt={alt} decoding="async" onError={() => setFailures(index + 1)} {...image} />;
}
