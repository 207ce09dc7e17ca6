import { Ellipsis, Eye } from "lucide-react";
import { useRef, useState } from "react";
import { FavouriteButton } from "../favourites/FavouriteButton";
import { lazyPart } from "../shell/lazyPart";
import { texts } from "../texts";
import type { ItemImage } from "../api/client";
import type { CardChoices } from "./CardMenu";
import type { FoundItem, QueryInfo } from "./useSearch";

const CardMenu = lazyPart(() => import("./CardMenu"));
const WhyDialog = lazyPart(() => import("./WhyDialog"));
const QuickView = lazyPart(() => import("./QuickView"));

interface Props extends Omit<CardChoices, "onWhy" | "onQuick"> {
  found: FoundItem;
  shown: ItemImage | undefined; // the photo of the card
  info?: QueryInfo;
}

// The heart of a card, and its menu. Many cards have one: the menu is loaded when it is first opened.
export function CardActions({ found, shown, info, ...choices }: Props) {
  const [wanted, setWanted] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const [viewing, setViewing] = useState(false);
  const view = () => setViewing(true);
  const leave = () => setViewing(false);
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
      {/* For the mouse. The keyboard and fingers have it in the menu. */}
      <button type="button" className="icon-button on-photo card-quick" aria-hidden tabIndex={-1} title={texts.card.quick} onClick={view}>
        <Eye size={19} aria-hidden />
      </button>
      {wanted ? <CardMenu {...choices} {...why} onQuick={view} button={button} fallback={closed} onFail={() => setWanted(false)} /> : closed}
      {viewing && <QuickView found={found} shown={shown} returnTo={button} onMore={choices.onMore} onOpen={choices.onOpen} onClose={leave} onFail={leave} />}
      {explaining && info && <WhyDialog found={found} info={info} returnTo={button} onClose={() => setExplaining(false)} onFail={() => setExplaining(false)} />}
    </div>
  );
}
