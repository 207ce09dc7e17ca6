import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import type { RefObject } from "react";
import { percent } from "../shell/format";
import { nameOf, texts, valueName } from "../texts";
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
          <h3>{texts.why.agrees}</h3>
          <ul className="why-list">
            {agrees.map(({ name, value, because }) => (
              <li key={name}>
                {nameOf(name)}: <strong>{valueName(value, name)}</strong> <span className="soft">{because}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {words.length > 0 && (
        <>
          <h3>{texts.why.words}</h3>
          <p>{words.join(", ")}</p>
        </>
      )}
      {parts.length > 1 && (
        <>
          <h3>{texts.why.parts}</h3>
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

interface Props {
  found: FoundItem;
  info: QueryInfo;
  returnTo: RefObject<HTMLElement | null>; // has the focus after the dialog
  onClose: () => void;
}

export default function WhyDialog({ found, info, returnTo, onClose }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog narrow why" finalFocus={returnTo}>
          <div className="dialog-head">
            <Dialog.Title>{texts.why.title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={texts.close}>
              <X size={20} aria-hidden />
            </Dialog.Close>
          </div>
          <div>
            <Body found={found} info={info} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
