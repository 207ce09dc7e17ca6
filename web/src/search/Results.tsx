import { lazy, Suspense, useMemo, useState, type ReactNode } from "react";
import { Failure } from "../shell/Messages";
import { formatPrice, swatch, BUT_COLOURS } from "../shell/format";
import { nameOf, texts } from "../texts";
import { FilterChips } from "./FilterChips";
import { Grid, GridSkeleton } from "./Grid";
import { NoResults } from "./NoResults";
import { Refine } from "./Refine";
import { SortSelect } from "./SortSelect";
import { filterCount, hasQuery, toggleValue, wordsOf, VALUE_FILTERS, type ChangeState, type SearchState, type ValueFilter } from "./state";
import { useSlow } from "./useSlow";
import { useWide } from "./useWide";
import type { QueryInfo, ResultPage, useSearch } from "./useSearch";

const Filters = lazy(() => import("./Filters"));
const FiltersDialog = lazy(() => import("./FiltersDialog"));

interface Props {
  state: SearchState;
  result: ReturnType<typeof useSearch>;
  hasExample: boolean;
  onChange: ChangeState;
  onMore: (id: string) => void;
}

function Correction({ page }: { page: ResultPage }) {
  const read = page.readAs;
  if (!read?.corrected?.length) return null;
  const [from, to] = [read.corrected.map((one) => one.from).join(" "), read.corrected.map((one) => one.to).join(" ")];
  return <p className="soft">{texts.results.corrected(from, to)}</p>;
}

// The filters and properties read from the words, and the properties predicted from the photo; a predicted one becomes a filter
// when it is pressed.
function Interpretation({ page, state, onChange }: { page: ResultPage; state: SearchState; onChange: ChangeState }) {
  const chips: ReactNode[] = [];
  const read = page.readAs;
  if (read?.price_range) {
    const [low, high] = read.price_range;
    const text = texts.results.readPrice(formatPrice(low ?? null, null), formatPrice(high ?? null, null));
    chips.push(
      <span key="price" className="chip flat">
        {texts.filters.price}: {text}
      </span>,
    );
  }
  for (const [name, value] of Object.entries(read?.properties ?? {})) {
    const text = typeof value === "string" ? value : [value.any, ...value.not.map(texts.results.not)].filter(Boolean).join(", ");
    chips.push(
      <span key={`read-${name}`} className="chip flat">
        {nameOf(name)}: {text}
      </span>,
    );
  }
  for (const [name, { value, confidence }] of Object.entries(page.predicted ?? {})) {
    if (confidence < 0.4 || !VALUE_FILTERS.includes(name as ValueFilter)) continue;
    const filter = name as ValueFilter;
    const on = state.filters?.[filter]?.includes(value) ?? false;
    chips.push(
      <button
        key={`predicted-${name}`}
        type="button"
        className="chip"
        aria-pressed={on}
        title={texts.results.confidence(confidence)}
        onClick={() => onChange((now) => toggleValue(now, filter, value), { stay: true })}
      >
        {value}
      </button>,
    );
  }
  if (chips.length === 0) return null;
  return (
    <div className="chips">
      <span className="chips-label">{page.predicted ? texts.results.predicted : texts.results.readAs}</span>
      {chips}
    </div>
  );
}

function ButColours({ state, onChange }: { state: SearchState; onChange: ChangeState }) {
  return (
    <fieldset className="chips swatches">
      <legend className="chips-label">{texts.but.title}</legend>
      {BUT_COLOURS.map((colour) => (
        <button
          key={colour}
          type="button"
          className="swatch"
          aria-pressed={state.but === colour}
          aria-label={colour}
          title={texts.but.chosen(colour)}
          onClick={() => onChange((now) => ({ ...now, but: now.but === colour ? undefined : colour }), { stay: true })}
        >
          <svg viewBox="0 0 20 20" aria-hidden>
            <circle cx="10" cy="10" r="9" fill={swatch(colour)} />
          </svg>
        </button>
      ))}
    </fieldset>
  );
}

const total = (page: ResultPage | undefined) => {
  const facet = page?.facets?.category;
  if (!facet) return undefined;
  return (facet.values ?? []).reduce((sum, one) => sum + one.count, 0) + (facet.others ?? 0) + facet.missing;
};

export function Results({ state, result, hasExample, onChange, onMore }: Props) {
  const [filtersOpen, setFiltersOpen] = useState(false);
  const { first, found } = result;
  const waiting = result.isPending || result.isPlaceholderData;
  const slow = useSlow(waiting);
  const wide = useWide();
  const searching = hasQuery(state);
  const filters = filterCount(state);
  const matching = total(first);
  const info = useMemo<QueryInfo>(
    () => ({ readAs: first?.readAs, predicted: first?.predicted, hasExample, words: wordsOf(state) }),
    [first, hasExample, state],
  );

  if (result.isError && found.length === 0) return <Failure error={result.error} retry={() => void result.refetch()} />;

  const title = !searching ? texts.hero.latest : hasExample ? texts.results.title : texts.results.titleWords;
  const facets = first?.facets ?? {};
  return (
    <div className="results">
      <aside className="sidebar" aria-label={texts.filters.title}>
        <Suspense fallback={null}>{wide && <Filters state={state} facets={facets} onChange={onChange} searching={searching} heading />}</Suspense>
      </aside>
      <section className="found" aria-labelledby="found-title" aria-busy={waiting}>
        <div className="found-head">
          <div>
            {searching ? <h1 id="found-title">{title}</h1> : <h2 id="found-title">{title}</h2>}
            <p className="soft" role="status" data-testid="status">
              {waiting && slow ? texts.results.waiting : waiting && first ? texts.results.updating : ""}
              {!waiting && matching !== undefined && (filters > 0 ? texts.results.matching(matching) : texts.results.count(matching))}
              {!waiting && first?.tookMs !== undefined && ` · ${texts.results.took(first.tookMs)}`}
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
          </div>
        </div>
        {first && <Correction page={first} />}
        {first && <Interpretation page={first} state={state} onChange={onChange} />}
        {hasExample && <ButColours state={state} onChange={onChange} />}
        {(state.like ?? state.unlike) && <Refine state={state} onChange={onChange} />}
        <FilterChips state={state} onChange={onChange} />
        {state.sort && searching && found.length > 0 && <p className="soft small">{texts.sort.note(found.length)}</p>}
        {result.isPending ? (
          <GridSkeleton />
        ) : found.length === 0 ? (
          <NoResults state={state} reason={first?.reason} onChange={onChange} />
        ) : (
          <Grid
            found={found}
            state={state}
            info={info}
            dimmed={result.isPlaceholderData}
            hasMore={result.hasNextPage}
            loadingMore={result.isFetchingNextPage}
            moreFailed={result.isFetchNextPageError}
            onReachEnd={() => void result.fetchNextPage()}
            onMore={onMore}
            onChange={onChange}
          />
        )}
      </section>
      <Suspense fallback={null}>
        {filtersOpen && (
          <FiltersDialog onClose={() => setFiltersOpen(false)}>
            <Filters state={state} facets={facets} onChange={onChange} searching={searching} />
          </FiltersDialog>
        )}
      </Suspense>
    </div>
  );
}
