import type { ComponentProps } from "react";
import type { GarmentPhoto } from "../api/wardrobe";

interface Props extends ComponentProps<"img"> {
  photo: GarmentPhoto;
  alt: string;
}

// The thumbnail of a photo; the photo itself until it has one.
export function PhotoImage({ photo, alt, ...image }: Props) {
  return (
    <img
      src={photo.thumbnail_url}
      alt={alt}
      decoding="async"
      onError={(event) => {
        if (!event.currentTarget.src.endsWith(photo.image_url)) event.currentTarget.src = photo.image_url;
      }}
      {...image}
    />
  );
}
