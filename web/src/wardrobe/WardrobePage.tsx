import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/uploads.css";
import "../styles/wardrobe.css";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Shirt } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { wardrobe, type GarmentFilter } from "../api/wardrobe";
import { GridSkeleton } from "../search/Grid";
import { Changes } from "../shell/Changes";
import { Message, ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { whileAllowed } from "../shell/queries";
import { pageTexts } from "../pageTexts";
import { isOpen, SendingContext, useSent } from "../uploads/sending";
import { AddGarments } from "./AddGarments";
import { adding } from "./adding";
import { GarmentCard } from "./GarmentCard";
import { GarmentFilters } from "./GarmentFilters";
import { OfflineLine } from "./OfflineLine";
import { WARDROBE } from "./queryKey";
import { isNew } from "./shared";
import { Summary } from "./Summary";
import { TablePanel } from "./TablePanel";
import { isChosen, useKeptWardrobe, useOfflineCopy } from "./useOffline";

const t = pageTexts.wardrobe;
const POLL_MS = 2_000;

// The garments that the filter chooses. They are read again while photos are sent, and while the models look at them.
function useGarments(filter: GarmentFilter) {
  const queries = useQueryClient();
  const open = useSent().filter(isOpen).length;
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: WARDROBE });
  }, [queries, open]);
  return useInfiniteQuery({
    queryKey: [...WARDROBE, "list", filter],
    queryFn: ({ pageParam, signal }) => wardrobe.list(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (last) => last,
    staleTime: 0,
    refetchInterval: (listing) => (listing.state.data?.pages.some((page) => page.garments.some(isNew)) ? whileAllowed(POLL_MS)(listing) : false),
  });
}

function Garments() {
  const [filter, setFilter] = useState<GarmentFilter>({});
  const grid = useRef<HTMLElement>(null);
  const query = useGarments(useDeferredValue(filter));
  const summary = useQuery({ queryKey: [...WARDROBE, "summary"], queryFn: ({ signal }) => wardrobe.summary(signal), staleTime: 0 });
  const copy = useOfflineCopy();
  useKeptWardrobe();
  const garments = copy ? copy.garments.filter((one) => isChosen(one, filter)) : (query.data?.pages.flatMap((page) => page.garments) ?? []);
  const colors = copy ? copy.garments.flatMap(({ properties }) => properties.primary_color ?? []) : Object.keys(summary.data?.colors ?? {});
  const isEmpty = summary.data?.garments === 0 && garments.length === 0;
  const showNeverWorn = () => {
    setFilter({ neverWorn: true });
    grid.current?.scrollIntoView();
    grid.current?.focus();
  };
  return (
    <>
      <AddGarments />
      {copy ? <OfflineLine at={copy.at} /> : <ReadFailure query={query} />}
      {isEmpty && (
        <Message icon={<Shirt size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      {!isEmpty && (
        <section ref={grid} tabIndex={-1} className="garment-part" aria-label={t.garmentsTitle} aria-busy={query.isPending}>
          <GarmentFilters filter={filter} colors={[...new Set(colors)].sort()} onChange={setFilter} />
          {query.isLoading && !copy && <GridSkeleton />}
          {(query.isSuccess || copy) && garments.length === 0 && <p className="soft none">{t.noneOfFilter}</p>}
          <ul className="garments" aria-label={t.garmentsTitle}>
            {garments.map((garment, index) => (
              <GarmentCard key={garment.id} garment={garment} eager={index < 4} />
            ))}
          </ul>
          {query.hasNextPage && !copy && (
            <div className="row center">
              <MoreButton query={query} />
            </div>
          )}
        </section>
      )}
      {summary.data && !isEmpty && <Summary summary={summary.data} onNeverWorn={showNeverWorn} />}
      <Changes>
        <TablePanel />
      </Changes>
    </>
  );
}

// What the person owns: garments by their photos, what they cost, and how often they were worn.
export function WardrobePage() {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <SendingContext value={adding}>
        <Garments />
      </SendingContext>
    </div>
  );
}
