import { Popover } from "@base-ui/react/popover";
import { useQuery } from "@tanstack/react-query";
import { Info } from "lucide-react";
import { percent } from "../shell/format";
import { nameOf, texts } from "../texts";
import { matchOf } from "./match";
import { seenIn } from "./predicted";
import type { FoundItem, QueryInfo } from "./useSearch";

interface Agreement {
  name: string;
  value: string;
  because: string;
}

const same = (a: string | undefined, b: string | undefined) => a !== undefined && a.toLowerCase() === b?.toLowerCase();

// The properties in which the item matches the words or the photo.
export function agreements(found: FoundItem, info: QueryInfo): Agreement[] {
  const properties: Record<string, string | undefined> = found.properties;
  const list: Agreement[] = [];
  for (const [name, wanted] of Object.entries(info.readAs?.properties ?? {})) {
    const value = typeof wanted === "string" ? wanted : wanted.any;
    if (value && same(properties[name], value)) list.push({ name, value, because: texts.why.requested });
  }
  for (const [name, value] of seenIn(info.predicted)) {
    if (same(properties[name], value) && !list.some((one) => one.name === name)) list.push({ name, value, because: texts.why.predicted });
  }
  return list;
}

export function wordsIn(found: FoundItem, info: QueryInfo): string[] {
  const listing = `${found.title} ${found.brand ?? ""}`.toLowerCase();
  const words = (info.readAs?.text ?? "").toLowerCase().match(/[\p{L}\p{N}']{3,}/gu) ?? [];
  return [...new Set(words)].filter((word) => word !== "this" && word !== "but" && listing.includes(word));
}

function Body({ found, info }: { found: FoundItem; info: QueryInfo }) {
  const agrees = agreements(found, info);
  const words = wordsIn(found, info);
  const match = matchOf(found, info.hasExample);
  const { explain } = info;
  const { data } = useQuery({ queryKey: ["explained", info.key], enabled: explain !== undefined, queryFn: ({ signal }) => explain?.(signal) ?? [] });
  const parts = Object.entries(data?.find(({ id }) => id === found.id)?.explain?.parts ?? {}).filter(([name, score]) => score !== 0 && name in texts.why.part);
  const most = Math.max(...parts.map(([, score]) => Math.abs(score)), 1e-9);
  const sum = parts.reduce((all, [, score]) => all + Math.abs(score), 0);
  return (
    <>
      {match && <p className="why-main">{info.hasExample ? texts.why.looks[match] : texts.why.reads[match]}</p>}
      {agrees.length > 0 && (
        <>
          <h4>{texts.why.agrees}</h4>
          <ul className="why-list">
            {agrees.map(({ name, value, because }) => (
              <li key={name}>
                {nameOf(name)}: <strong>{value}</strong> <span className="soft">{because}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {words.length > 0 && (
        <>
          <h4>{texts.why.words}</h4>
          <p>{words.join(", ")}</p>
        </>
      )}
      {parts.length > 1 && (
        <>
          <h4>{texts.why.parts}</h4>
          <dl className="why-parts">
            {parts.map(([name, score]) => (
              <div key={name}>
                <dt>{texts.why.part[name]}</dt>
                <dd>
                  <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
                    <rect className={score < 0 ? "minus" : "plus"} width={(Math.abs(score) / most) * 100} height="6" rx="3" />
                  </svg>
                  <span>{texts.why.share(percent(Math.abs(score) / sum))}</span>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {found.similarity === null && agrees.length === 0 && words.length === 0 && <p>{texts.why.latest}</p>}
    </>
  );
}

export default function WhyPopup({ found, info }: { found: FoundItem; info: QueryInfo }) {
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger className="icon-button small" aria-label={texts.card.why} title={texts.card.why}>
        <Info size={17} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} className="layer" collisionPadding={12}>
          <Popover.Popup className="popup why">
            <Popover.Title className="popup-title">{texts.why.title}</Popover.Title>
            <Body found={found} info={info} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
