import { Menu } from "@base-ui/react/menu";
import { Check, Ellipsis, ExternalLink, Eye, Images, Info, ThumbsDown, ThumbsUp } from "lucide-react";
import { useEffect, useRef, type RefObject } from "react";
import { texts } from "../texts";

export interface CardChoices {
  title: string; // of the item
  source: string;
  link: string | null; // to the listing
  liked: boolean;
  unliked: boolean;
  onMore: () => void;
  onExample?: (kind: "like" | "unlike") => void;
  onQuick: () => void;
  onWhy?: () => void;
  onOpen: () => void; // the listing is opened
}

const EXAMPLES = [
  ["like", ThumbsUp, "liked"],
  ["unlike", ThumbsDown, "unliked"],
] as const;

// What can be done with a result beside opening and saving it. It opens when it is shown for the first time.
export default function CardMenu({ button, ...choices }: CardChoices & { button: RefObject<HTMLButtonElement | null> }) {
  const { title, source, link, onMore, onExample, onQuick, onWhy, onOpen } = choices;
  // Opened as the keyboard opens it, so that the first item has the focus.
  const isOpened = useRef(false);
  useEffect(() => {
    if (!isOpened.current) button.current?.click();
    isOpened.current = true;
  }, [button]);
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger ref={button} className="icon-button on-photo card-menu" aria-label={texts.card.actions(title)} title={texts.card.actionsHint}>
        <Ellipsis size={19} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="layer" sideOffset={6} align="end" collisionPadding={12}>
          <Menu.Popup className="menu">
            <Menu.Item className="menu-item" onClick={onMore}>
              <Images size={17} aria-hidden /> {texts.card.more}
            </Menu.Item>
            {onExample &&
              EXAMPLES.map(([kind, Icon, state]) => (
                <Menu.CheckboxItem key={kind} className="menu-item" checked={choices[state]} closeOnClick onCheckedChange={() => onExample(kind)}>
                  <Icon size={17} aria-hidden /> {texts.card[kind]}
                  <Menu.CheckboxItemIndicator className="menu-mark">
                    <Check size={16} aria-hidden />
                  </Menu.CheckboxItemIndicator>
                </Menu.CheckboxItem>
              ))}
            <Menu.Item className="menu-item" onClick={onQuick}>
              <Eye size={17} aria-hidden /> {texts.card.quick}
            </Menu.Item>
            {onWhy && (
              <Menu.Item className="menu-item" onClick={onWhy}>
                <Info size={17} aria-hidden /> {texts.card.why}
              </Menu.Item>
            )}
            {link && (
              <Menu.LinkItem className="menu-item" href={link} target="_blank" rel="noopener noreferrer nofollow" closeOnClick onClick={onOpen}>
                <ExternalLink size={17} aria-hidden /> {texts.card.open(source)}
              </Menu.LinkItem>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
