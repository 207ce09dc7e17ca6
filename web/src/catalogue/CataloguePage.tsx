import "../styles/catalogue.css";
import "../styles/item.css";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Download, Plus, Search } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { api, ApiError, type Filters, type Item, type Sort } from "../api/client";
import { useMay } from "../access/me";
import { EmptyCatalogue } from "../search/EmptyCatalogue";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { lazyPart } from "../shell/lazyPart";
import { useNotice } from "../shell/Notices";
import { errorText } from "../shell/errorText";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { nameOf, texts } from "../texts";
import { BulkBar } from "./BulkBar";
import { saveCsv } from "./exportCsv";
import { ImportPanel } from "./ImportPanel";
import { ItemRow } from "./ItemRow";
import { filterOf, useMissing } from "./missing";
import { useRemoval, useRemoved } from "./removing";

const EditDialog = lazyPart(() => import("./EditDialog"));
const BulkDialog = lazyPart(() => import("./BulkDialog"));
const AddItemDialog = lazyPart(() => import("./AddItemDialog"));
const STATUSES = ["active", "reserved", "sold", "hidden", "removed"] as const;
const PAGE = 40;
const EXPORT_PAGE = 100;
const MOST_EXPORTED = 20_000;

interface Page {
  items: Item[];
  next?: string;
  total?: number;
}

// An item that was found a moment ago may have been deleted since.
async function existing(id: string, signal?: AbortSignal): Promise<Item | undefined> {
  try {
    return await api.item(id, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

interface Wanted {
  words: string;
  status: string;
  sort: Sort;
  lacks: Filters; // for items that lack a value; empty: all
}

const filtersOf = (status: string): Filters => ({ status: status === "all" ? [...STATUSES] : status });

async function read({ words, status, sort, lacks }: Wanted, cursor: string | undefined, signal?: AbortSignal, limit = PAGE): Promise<Page> {
  const filters = { ...filtersOf(status), ...lacks };
  const facets = cursor ? undefined : ["status"];
  if (!words) {
    const list = await api.browse({ filters, facets, limit, cursor, sort: sort === "newest" ? undefined : sort }, signal);
    const total = list.facets?.status?.values?.reduce((sum, one) => sum + one.count, 0);
    return { items: list.items, next: list.next_cursor, total };
  }
  const form = new FormData();
  form.set("text", words);
  form.set("filters", JSON.stringify(filters));
  form.set("match", "close");
  form.set("limit", String(limit));
  if (sort !== "newest") form.set("sort", sort);
  if (cursor) form.set("cursor", cursor);
  const results = await api.search(form, signal);
  const items = await Promise.all(results.results.map((one) => existing(one.id, signal)));
  return { items: items.filter((one) => one !== undefined), next: results.next_cursor };
}

// All items that are wanted, up to MOST_EXPORTED.
async function readAll(wanted: Wanted): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(wanted, cursor, undefined, EXPORT_PAGE);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < MOST_EXPORTED);
  return items;
}

// The head of the column of prices, which orders the items by them: the lowest first, the highest first, as before.
function PriceHead({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const next = { newest: "price_asc", price_asc: "price_desc", price_desc: "newest" } as const;
  const order = sort === "newest" ? "none" : sort === "price_asc" ? "ascending" : "descending";
  return (
    <th scope="col" className="number" aria-sort={order}>
      <button type="button" className="sort-button" onClick={() => onSort(next[sort])}>
        {texts.catalogue.price}
        {sort === "price_asc" && <ArrowUp size={14} aria-hidden />}
        {sort === "price_desc" && <ArrowDown size={14} aria-hidden />}
      </button>
    </th>
  );
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

export function CataloguePage() {
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<string>("all");
  const [editing, setEditing] = useState<Item>();
  const [removing, setRemoving] = useState<Item>();
  const [sort, setSort] = useState<Sort>("newest");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [isChanging, setChanging] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const notice = useNotice();
  const removed = useRemoved();
  const removeAll = useRemoval();
  const writable = useMay()("items:write");
  const text = useDeferredValue(words.trim());
  const [lacking, setLacking] = useState("");
  const missing = useMissing(filtersOf(status), writable);
  const chosen = missing.find((one) => one.column === lacking);
  const lacks = chosen ? filterOf(chosen) : {};
  const wanted = { words: text, status, sort, lacks };
  const query = useInfiniteQuery({
    queryKey: ["catalogue", text, status, sort, lacks],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => read(wanted, pageParam, signal),
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

  const items = (query.data?.pages.flatMap((page) => page.items) ?? []).filter((one) => !removed.has(one.id));
  const total = query.data?.pages[0]?.total;
  const selected = items.filter((one) => picked.has(one.id));
  const pick = (ids: string[], isPicked: boolean) => setPicked(isPicked ? new Set([...picked, ...ids]) : new Set([...picked].filter((id) => !ids.includes(id))));
  const clear = () => setPicked(new Set());
  const exporting = useMutation({ mutationFn: () => readAll(wanted), onSuccess: saveCsv, onError: (error) => notice(errorText(error)) });
  const empty = query.isSuccess && items.length === 0 && !text && status === "all" && !chosen && removed.size === 0;
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
              {writable && (
                <button type="button" className="button" onClick={() => setAdding(true)}>
                  <Plus size={17} aria-hidden /> {texts.add.open}
                </button>
              )}
              <button type="button" className="button" disabled={exporting.isPending} onClick={() => exporting.mutate()}>
                <Download size={17} aria-hidden /> {texts.bulk.export}
              </button>
              <select className="input status-select" aria-label={texts.catalogue.status} value={status} onChange={(event) => setStatus(event.target.value)}>
                <option value="all">{texts.catalogue.statusAll}</option>
                {STATUSES.map((one) => (
                  <option key={one} value={one}>
                    {texts.status[one]}
                  </option>
                ))}
              </select>
              {missing.length > 0 && (
                <select className="input status-select" aria-label={texts.bulk.missing} value={chosen ? lacking : ""} onChange={(event) => setLacking(event.target.value)}>
                  <option value="">{texts.bulk.missingAny}</option>
                  {missing.map(({ column, count }) => (
                    <option key={column} value={column}>
                      {texts.bulk.without(nameOf(column), count)}
                    </option>
                  ))}
                </select>
              )}
            </div>
          </div>
          {selected.length > 0 && (
            <BulkBar
              count={selected.length}
              onChange={() => setChanging(true)}
              onExport={() => saveCsv(selected)}
              onRemove={() => {
                removeAll(selected.map((one) => one.id));
                clear();
              }}
              onClear={clear}
            />
          )}
          <ReadFailure query={query} />
          {(items.length > 0 || !query.isError) && (
            <table className={query.isPlaceholderData ? "pieces dimmed" : "pieces"}>
              <thead>
                <tr>
                  {writable && (
                    <th scope="col" className="pick">
                      <label>
                        <input
                          type="checkbox"
                          aria-label={texts.bulk.selectAll}
                          checked={items.length > 0 && selected.length === items.length}
                          ref={(box) => {
                            if (box) box.indeterminate = selected.length > 0 && selected.length < items.length;
                          }}
                          onChange={(event) => pick(items.map((one) => one.id), event.target.checked)}
                        />
                      </label>
                    </th>
                  )}
                  <th scope="col">{texts.catalogue.piece}</th>
                  <PriceHead sort={sort} onSort={setSort} />
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
                  <ItemRow key={item.id} item={item} writable={writable} selected={picked.has(item.id)} onSelect={(isPicked) => pick([item.id], isPicked)} onEdit={() => setEditing(item)} onRemove={() => setRemoving(item)} />
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
      {isChanging && (
        <BulkDialog
          items={selected}
          onDone={() => {
            setChanging(false);
            clear();
          }}
          onClose={() => setChanging(false)}
          onFail={() => setChanging(false)}
        />
      )}
      {isAdding && <AddItemDialog onClose={() => setAdding(false)} onFail={() => setAdding(false)} />}
      {removing && <RemoveDialog item={removing} onClose={() => setRemoving(undefined)} />}
    </div>
  );
}
