import { Link, useLocation } from "../routing/router";
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
      className={large ? "button" : "icon-button on-photo heart"}
      aria-pressed={isFavourite}
      aria-label={t.heart}
      title={t.heart}
      disabled={isPending}
      onClick={toggle}
    >
      <Heart size={large ? 18 : 19} aria-hidden fill={isFavourite ? "currentColor" : "none"} />
      {large && t.heart}
    </button>
  );
}

function SignIn({ large }: Props) {
  const from = useLocation().href;
  return (
    <Link to="/sign-in" state={{ from }} className={large ? "button" : "icon-button on-photo heart"} aria-label={t.signIn} title={t.signIn}>
      <Heart size={large ? 18 : 19} aria-hidden />
      {large && t.heart}
    </Link>
  );
}

// The heart of an item, which saves it for those who have an account. It leads others to the sign-in, where there is one.
export function FavouriteButton(props: Props) {
  const me = useMe();
  if (me?.kind === "user") return <Button {...props} />;
  return me?.kind === "anonymous" && me.sign_in_possible ? <SignIn {...props} /> : null;
}
