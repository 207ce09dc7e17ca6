import "../styles/catalogue.css";
import "../styles/item.css";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil, Search, Trash2 } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { api, ApiError, type Filters, type Item } from "../api/client";
import { useMay } from "../access/me";
import { EmptyCatalogue } from "../search/EmptyCatalogue";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { lazyPart } from "../shell/lazyPart";
import { useNotice } from "../shell/Notices";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { formatPrice } from "../shell/format";
import { texts } from "../texts";
import { ImportPanel } from "./ImportPanel";

const EditDialog = lazyPart(() => import("./EditDialog"));
const STATUSES = ["active", "reserved", "sold", "hidden", "removed"] as const;
const PAGE = 40;

interface Page {
  items: Item[];
  next?: string;
  total?: number;
}

// An item that was found a moment ago may have been deleted since.
async function existing(id: string, signal: AbortSignal): Promise<Item | undefined> {
  try {
    return await api.item(id, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function read(words: string, status: string, cursor: string | undefined, signal: AbortSignal): Promise<Page> {
  const filters: Filters = { status: status === "all" ? [...STATUSES] : status };
  const facets = cursor ? undefined : ["status"];
  if (!words) {
    const list = await api.browse({ filters, facets, limit: PAGE, cursor }, signal);
    const total = list.facets?.status?.values?.reduce((sum, one) => sum + one.count, 0);
    return { items: list.items, next: list.next_cursor, total };
  }
  const form = new FormData();
  form.set("text", words);
  form.set("filters", JSON.stringify(filters));
  form.set("match", "close");
  form.set("limit", String(PAGE));
  if (cursor) form.set("cursor", cursor);
  const results = await api.search(form, signal);
  const items = await Promise.all(results.results.map((one) => existing(one.id, signal)));
  return { items: items.filter((one) => one !== undefined), next: results.next_cursor };
}

function RemoveDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const queries = useQueryClient();
  const notice = useNotice();
  return (
    <ConfirmDialog
      title={texts.catalogue.removeTitle}
      lead={texts.catalogue.removeLead(item.title || texts.card.noTitle)}
      go={texts.catalogue.removeGo}
      act={() => api.remove(item.id)}
      onDone={() => {
        notice(texts.catalogue.removed);
        queries.removeQueries({ queryKey: ["item", item.id] });
        void queries.invalidateQueries();
        onClose();
      }}
      onClose={onClose}
    />
  );
}

function ItemRow({ item, writable, onEdit, onRemove }: { item: Item; writable: boolean; onEdit: () => void; onRemove: () => void }) {
  const title = item.title || texts.card.noTitle;
  const known = [item.properties.primary_color, item.properties.subcategory ?? item.properties.category, item.properties.material].filter(Boolean);
  const image = item.images[0];
  return (
    <tr data-id={item.id}>
      <th scope="row">
        <Link to="/items/$id" params={{ id: item.id }} className="piece">
          <span className="piece-image">
            {image && <img src={image.thumbnail_url} alt="" width={48} height={60} loading="lazy" decoding="async" />}
          </span>
          <span>
            <span className="piece-title" dir="auto">{title}</span>
            <span className="soft small">{[item.brand, item.source].filter(Boolean).join(" · ")}</span>
          </span>
        </Link>
      </th>
      <td className="number">{formatPrice(item.price, item.currency) ?? "–"}</td>
      <td className="known">{known.join(", ") || "–"}</td>
      <td className="state">
        <span className={`status ${item.status}`}>{texts.status[item.status]}</span>
      </td>
      {writable && (
        <td className="piece-actions">
          <button type="button" className="icon-button small" aria-label={texts.catalogue.edit(title)} onClick={onEdit}>
            <Pencil size={16} aria-hidden />
          </button>
          <button type="button" className="icon-button small" aria-label={texts.catalogue.remove(title)} onClick={onRemove}>
            <Trash2 size={16} aria-hidden />
          </button>
        </td>
      )}
    </tr>
  );
}

export function CataloguePage() {
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<string>("all");
  const [editing, setEditing] = useState<Item>();
  const [removing, setRemoving] = useState<Item>();
  const writable = useMay()("items:write");
  const text = useDeferredValue(words.trim());
  const query = useInfiniteQuery({
    queryKey: ["catalogue", text, status],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => read(text, status, pageParam, signal),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    const node = end.current;
    if (!node || !hasNextPage || isFetchingNextPage || isFetchNextPageError) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && void fetchNextPage(), { rootMargin: "800px" });
    observer.observe(node);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total;
  const empty = query.isSuccess && items.length === 0 && !text && status === "all";
  return (
    <div className="page">
      <header className="page-head">
        <h1>{texts.catalogue.title}</h1>
        <p className="soft">{writable ? texts.catalogue.lead : texts.catalogue.leadReading}</p>
      </header>
      {writable && <ImportPanel />}
      {empty ? (
        <EmptyCatalogue />
      ) : (
        <section className="panel" aria-labelledby="browse-title">
          <div className="browse-head">
            <div>
              <h2 id="browse-title">{texts.catalogue.browse}</h2>
              <p className="soft" role="status">
                {total !== undefined && texts.catalogue.total(total)}
              </p>
            </div>
            <div className="row grow end">
              <label className="find">
                <Search size={17} aria-hidden />
                <input className="input" type="search" aria-label={texts.catalogue.find} placeholder={texts.catalogue.find} value={words} onChange={(event) => setWords(event.target.value)} />
              </label>
              <select className="input status-select" aria-label={texts.catalogue.status} value={status} onChange={(event) => setStatus(event.target.value)}>
                <option value="all">{texts.catalogue.statusAll}</option>
                {STATUSES.map((one) => (
                  <option key={one} value={one}>
                    {texts.status[one]}
                  </option>
                ))}
              </select>
            </div>
          </div>
          <ReadFailure query={query} />
          {(items.length > 0 || !query.isError) && (
            <table className={query.isPlaceholderData ? "pieces dimmed" : "pieces"}>
              <thead>
                <tr>
                  <th scope="col">{texts.catalogue.piece}</th>
                  <th scope="col" className="number">
                    {texts.catalogue.price}
                  </th>
                  <th scope="col" className="known">
                    {texts.catalogue.known}
                  </th>
                  <th scope="col" className="state">
                    {texts.catalogue.status}
                  </th>
                  {writable && (
                    <th scope="col">
                      <span className="hidden-text">{texts.item.edit}</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody>
                {items.map((item) => (
                  <ItemRow key={item.id} item={item} writable={writable} onEdit={() => setEditing(item)} onRemove={() => setRemoving(item)} />
                ))}
              </tbody>
            </table>
          )}
          {query.isSuccess && items.length === 0 && <p className="soft none">{texts.catalogue.none}</p>}
          <div ref={end} className="grid-end">
            {(isFetchingNextPage || query.isPending) && texts.loading}
            {isFetchNextPageError && <MoreButton query={query} />}
          </div>
        </section>
      )}
      {editing && <EditDialog item={editing} onClose={() => setEditing(undefined)} onFail={() => setEditing(undefined)} />}
      {removing && <RemoveDialog item={removing} onClose={() => setRemoving(undefined)} />}
    </div>
  );
}
