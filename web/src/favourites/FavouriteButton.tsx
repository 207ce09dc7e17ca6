import { Heart } from "lucide-react";
import { useMe } from "../access/me";
import { texts } from "../texts";
import { useFavourite } from "./useFavourites";

const t = texts.favourites;

interface Props {
  item: string;
  large?: boolean; // a button with a text
}

function Button({ item, large }: Props) {
  const { isFavourite, toggle, isPending } = useFavourite(item);
  return (
    <button
      type="button"
      className={large ? "button" : "icon-button small"}
      aria-pressed={isFavourite}
      aria-label={t.heart}
      title={t.heart}
      disabled={isPending}
      onClick={toggle}
    >
      <Heart size={large ? 18 : 17} aria-hidden fill={isFavourite ? "currentColor" : "none"} />
      {large && t.heart}
    </button>
  );
}

// The heart of an item, for those who have an account.
export function FavouriteButton(props: Props) {
  return useMe()?.kind === "user" ? <Button {...props} /> : null;
}
