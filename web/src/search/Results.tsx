import { useMemo, useState } from "react";
import { TellMe } from "../alerts/TellMe";
import { lazyPart } from "../shell/lazyPart";
import { Failure } from "../shell/Messages";
import { ApiError, type Item } from "../api/client";
import type { Detection } from "../api/detect";
import type { ShownPhoto } from "../photo/usePhoto";
import { texts } from "../texts";
import { currencyOf } from "./amount";
import { boxChange } from "./boxChange";
import { Example } from "./Example";
import { FilterChips } from "./FilterChips";
import { GivenUp } from "./GivenUp";
import { Grid, GridSkeleton } from "./Grid";
import { NoResults } from "./NoResults";
import { Correction, Reading, Suggestions } from "./Reading";
import { Refine } from "./Refine";
import { oneSection, sectionsOf } from "./sections";
import { SortSelect } from "./SortSelect";
import { useOpened } from "./useOpened";
import { filterCount, hasExample, hasQuery, stringifyState, withoutFilters, wordsOf, VALUE_FILTERS, type ChangeState, type SearchState } from "./state";
import { useSlow } from "./useSlow";
import { useWide } from "./useWide";
import { explained, type QueryInfo, type ResultPage, type useSearch } from "./useSearch";

const Filters = lazyPart(() => import("./Filters"));
const FiltersDialog = lazyPart(() => import("./FiltersDialog"));
const KeptResults = lazyPart(() => import("./KeptResults"));

const isUnreachable = (error: unknown) => error instanceof ApiError && error.unreachable;

interface Props {
  state: SearchState;
  result: ReturnType<typeof useSearch>;
  hasExample: boolean;
  photo: ShownPhoto | undefined;
  item: Item | undefined; // that is searched with
  onChange: ChangeState;
  onMore: (id: string) => void;
  garments?: Detection; // in the photo
  coming?: boolean; // the garments
  onCrop?: () => void;
  onFold: (isFolded: boolean) => void; // of the photo
}

// The number of items that satisfy the filters, by a facet that counts each of them once: one that is not filtered itself.
function totalOf(page: ResultPage | undefined, state: SearchState): number | undefined {
  const name = VALUE_FILTERS.find((one) => !state.filters?.[one] && page?.facets?.[one]);
  const facet = name && page?.facets?.[name];
  return facet && (facet.values ?? []).reduce((sum, one) => sum + one.count, 0) + (facet.others ?? 0) + facet.missing;
}

// How many results there are, as far as it is known: a search ranks, so it has no total unless all of its close matches are on the page.
function countText(state: SearchState, result: Props["result"]): string | undefined {
  const { first, found, hasNextPage } = result;
  if (!hasQuery(state)) {
    const matching = filterCount(state) === 0 ? undefined : totalOf(first, state);
    return matching === undefined ? undefined : texts.results.matching(matching);
  }
  return found.length === 0 || state.weak || state.sort ? undefined : texts.results.similar(found.length, hasNextPage, hasExample(state));
}

// What the sheet of filters leads to.
function showText(state: SearchState, { first, found, hasNextPage }: Props["result"]): string {
  const total = hasQuery(state) || filterCount(state) === 0 ? undefined : totalOf(first, state);
  if (total !== undefined) return texts.filters.showCount(total, false);
  return filterCount(state) === 0 && !hasQuery(state) ? texts.filters.show : texts.filters.showCount(found.length, hasNextPage);
}

export function Results({ state, result, hasExample: byExample, photo, item, garments, coming, onChange, onMore, onCrop, onFold }: Props) {
  const [filtersOpen, setFiltersOpen] = useState(false);
  const { first, found, pages } = result;
  const waiting = result.isPending || result.isPlaceholderData;
  const slow = useSlow(waiting);
  const wide = useWide();
  const searching = hasQuery(state);
  const filters = filterCount(state);
  const blob = photo?.blob;
  const info = useMemo<QueryInfo>(
    () => ({
      readAs: first?.readAs,
      predicted: first?.predicted,
      hasExample: byExample,
      words: wordsOf(state),
      key: stringifyState(state),
      explain: searching ? (signal) => explained(state, blob, signal) : undefined,
    }),
    [first, byExample, state, blob, searching],
  );
  const sections = useMemo(() => (searching && !state.sort ? sectionsOf(pages, byExample) : oneSection(found)), [searching, state.sort, pages, byExample, found]);
  const opened = useOpened(first?.search);

  const exampleProps = { state, photo, item, garments, coming, page: first, onCrop, onBox: boxChange(state, garments, onChange), onChange, onFold };
  const example = byExample && <Example {...exampleProps} />;
  const failed = result.isError && found.length === 0;
  const title = !searching ? texts.hero.latest : byExample ? texts.results.title : texts.results.titleWords;
  const filterProps = { state, facets: first?.facets ?? {}, currency: currencyOf(state.price?.[2], first, found), searching, onChange };
  const canWeaken = searching && !waiting && !state.weak && !state.sort && !result.hasNextPage && found.some((one) => one.relevance !== undefined);
  return (
    <div className="results">
      <div className="sidebar">
        {wide && example}
        {wide && (
          <aside aria-label={texts.filters.title}>
            <Filters {...filterProps} heading />
          </aside>
        )}
      </div>
      <section className="found" aria-labelledby="found-title" aria-busy={waiting && !failed} data-search={stringifyState(state)}>
        {!wide && example}
        <div className="found-head">
          <div>
            {searching ? <h1 id="found-title">{title}</h1> : <h2 id="found-title">{title}</h2>}
            <p className="soft" role="status" data-testid="status">
              {waiting && slow ? texts.results.waiting : waiting && first ? texts.results.updating : ""}
              {!waiting && countText(state, result)}
            </p>
          </div>
          <div className="row">
            <button
              type="button"
              className="button filters-button"
              onClick={() => setFiltersOpen(true)}
              aria-label={filters > 0 ? texts.filters.openCount(filters) : texts.filters.open}
            >
              {texts.filters.open} {filters > 0 && <span className="count">{filters}</span>}
            </button>
            <SortSelect state={state} onChange={onChange} searching={searching} />
            {found.length > 0 && !waiting && <TellMe state={state} photo={blob} />}
          </div>
        </div>
        {first && <Correction page={first} />}
        {first && <Suggestions page={first} state={state} onChange={onChange} />}
        {first && <GivenUp page={first} />}
        {first && <Reading page={first} state={state} />}
        {(state.like ?? state.unlike) && <Refine state={state} onChange={onChange} />}
        <FilterChips state={state} onChange={onChange} />
        {first?.sorted && found.length > 0 && <p className="soft small">{texts.sort.note(first.sorted.count, first.sorted.complete)}</p>}
        {failed ? (
          <>
            <Failure error={result.error} retry={() => void result.refetch()} />
            {isUnreachable(result.error) && <KeptResults state={state} info={info} onOpen={opened} onMore={onMore} onChange={onChange} />}
          </>
        ) : result.isPending ? (
          <GridSkeleton />
        ) : found.length === 0 ? (
          <NoResults state={state} facets={first?.facets} photo={blob} onChange={onChange} />
        ) : (
          <Grid
            sections={sections}
            state={state}
            info={info}
            dimmed={result.isPlaceholderData}
            hasMore={result.hasNextPage}
            loadingMore={result.isFetchingNextPage}
            moreFailed={result.isFetchNextPageError}
            onReachEnd={() => void result.fetchNextPage()}
            onOpen={opened}
            onMore={onMore}
            onChange={onChange}
          />
        )}
        {canWeaken && (
          <button type="button" className="button weaker" onClick={() => onChange((now) => ({ ...now, weak: true }), { stay: true })}>
            {texts.noResults.weak}
          </button>
        )}
      </section>
      {filtersOpen && (
        <FiltersDialog
          show={waiting ? texts.filters.show : showText(state, result)}
          onClear={filters > 0 ? () => onChange(withoutFilters, { stay: true }) : undefined}
          onClose={() => setFiltersOpen(false)}
          onFail={() => setFiltersOpen(false)}
        >
          <Filters {...filterProps} onFail={() => setFiltersOpen(false)} />
        </FiltersDialog>
      )}
    </div>
  );
}
