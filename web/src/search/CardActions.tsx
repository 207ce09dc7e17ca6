import { Ellipsis } from "lucide-react";
import { useRef, useState } from "react";
import { FavouriteButton } from "../favourites/FavouriteButton";
import { lazyPart } from "../shell/lazyPart";
import { texts } from "../texts";
import type { CardChoices } from "./CardMenu";
import type { FoundItem, QueryInfo } from "./useSearch";

const CardMenu = lazyPart(() => import("./CardMenu"));
const WhyDialog = lazyPart(() => import("./WhyDialog"));

interface Props extends Omit<CardChoices, "onWhy"> {
  found: FoundItem;
  info?: QueryInfo;
}

// The heart of a card, and its menu. Many cards have one: the menu is loaded when it is first opened.
export function CardActions({ found, info, ...choices }: Props) {
  const [wanted, setWanted] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const closed = (
    <button
      type="button"
      className="icon-button on-photo card-menu"
      aria-label={texts.card.actions(choices.title)}
      title={texts.card.actionsHint}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
    >
      <Ellipsis size={19} aria-hidden />
    </button>
  );
  const why = info?.explain && { onWhy: () => setExplaining(true) };
  return (
    <div className="card-over">
      <FavouriteButton item={found.id} />
      {wanted ? <CardMenu {...choices} {...why} button={button} fallback={closed} onFail={() => setWanted(false)} /> : closed}
      {explaining && info && <WhyDialog found={found} info={info} returnTo={button} onClose={() => setExplaining(false)} onFail={() => setExplaining(false)} />}
    </div>
  );
}
