import { useMemo, useState } from "react";
import { TellMe } from "../alerts/TellMe";
import { lazyPart } from "../shell/lazyPart";
import { Failure } from "../shell/Messages";
import { formatPrice, swatch, BUT_COLOURS } from "../shell/format";
import { nameOf, texts } from "../texts";
import { FilterChips } from "./FilterChips";
import { GivenUp } from "./GivenUp";
import { Grid, GridSkeleton } from "./Grid";
import { NoResults } from "./NoResults";
import { seenIn } from "./predicted";
import { Refine } from "./Refine";
import { SortSelect } from "./SortSelect";
import { useOpened } from "./useOpened";
import { filterCount, hasQuery, stringifyState, wordsOf, VALUE_FILTERS, type ChangeState, type SearchState } from "./state";
import { useSlow } from "./useSlow";
import { useWide } from "./useWide";
import { explained, type QueryInfo, type ResultPage, type useSearch } from "./useSearch";

const Filters = lazyPart(() => import("./Filters"));
const FiltersDialog = lazyPart(() => import("./FiltersDialog"));

interface Props {
  state: SearchState;
  result: ReturnType<typeof useSearch>;
  hasExample: boolean;
  photo: Blob | undefined;
  onChange: ChangeState;
  onMore: (id: string) => void;
}

function Correction({ page }: { page: ResultPage }) {
  const read = page.readAs;
  if (!read?.corrected?.length) return null;
  const [from, to] = [read.corrected.map((one) => one.from).join(" "), read.corrected.map((one) => one.to).join(" ")];
  return <p className="soft">{texts.results.corrected(from, to)}</p>;
}

// Brands that a word may have been meant for. They are offered only: the word may be of another language.
function Suggestions({ page, state, onChange }: { page: ResultPage; state: SearchState; onChange: ChangeState }) {
  const { q = "" } = state;
  return (page.readAs?.suggested ?? []).map(({ from, to }) => {
    const at = q.toLowerCase().indexOf(from.toLowerCase());
    if (at < 0) return null;
    const next = q.slice(0, at) + to + q.slice(at + from.length);
    return (
      <button key={from} type="button" className="text-button" onClick={() => onChange((now) => ({ ...now, q: next }))}>
        {texts.results.suggested(to)}
      </button>
    );
  });
}

function Chips({ label, values }: { label: string; values: [key: string, text: string][] }) {
  if (values.length === 0) return null;
  return (
    <div className="chips">
      <span className="chips-label">{label}</span>
      {values.map(([key, text]) => (
        <span key={key} className="chip flat">
          {text}
        </span>
      ))}
    </div>
  );
}

// How the words were read, and what the model sees in the photo. What it sees is a guess and no filter: it would hide the
// items of which it, or their seller, says the same in another word.
function Interpretation({ page }: { page: ResultPage }) {
  const read: [string, string][] = [];
  if (page.readAs?.price_range) {
    const [low, high] = page.readAs.price_range;
    const currency = page.readAs.price_currency ?? null;
    const text = texts.results.readPrice(formatPrice(low ?? null, currency), formatPrice(high ?? null, currency));
    read.push(["price", `${texts.filters.price}: ${text}`]);
  }
  for (const [name, value] of Object.entries(page.readAs?.properties ?? {})) {
    const text = typeof value === "string" ? value : [value.any, ...value.not.map(texts.results.not)].filter(Boolean).join(", ");
    read.push([name, `${nameOf(name)}: ${text}`]);
  }
  return (
    <>
      <Chips label={texts.results.readAs} values={read} />
      <Chips label={texts.results.looksLike} values={seenIn(page.predicted)} />
    </>
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

// The number of items that satisfy the filters, by a facet that counts each of them once: one that is not filtered itself.
function totalOf(page: ResultPage | undefined, state: SearchState): number | undefined {
  const name = VALUE_FILTERS.find((one) => !state.filters?.[one] && page?.facets?.[one]);
  const facet = name && page?.facets?.[name];
  return facet && (facet.values ?? []).reduce((sum, one) => sum + one.count, 0) + (facet.others ?? 0) + facet.missing;
}

export function Results({ state, result, hasExample, photo, onChange, onMore }: Props) {
  const [filtersOpen, setFiltersOpen] = useState(false);
  const { first, found } = result;
  const waiting = result.isPending || result.isPlaceholderData;
  const slow = useSlow(waiting);
  const wide = useWide();
  const searching = hasQuery(state);
  const filters = filterCount(state);
  // A search ranks, so it has no total unless all of its close matches are on the page.
  const matching = searching || filters === 0 ? undefined : totalOf(first, state);
  const complete = searching && !state.weak && !state.sort && !result.hasNextPage && found.every((one) => one.relevance !== undefined);
  const close = complete && found.length > 0 ? found.length : undefined;
  const info = useMemo<QueryInfo>(
    () => ({
      readAs: first?.readAs,
      predicted: first?.predicted,
      hasExample,
      words: wordsOf(state),
      key: stringifyState(state),
      explain: searching ? (signal) => explained(state, photo, signal) : undefined,
    }),
    [first, hasExample, state, photo, searching],
  );
  const opened = useOpened(first?.search);

  if (result.isError && found.length === 0) return <Failure error={result.error} retry={() => void result.refetch()} />;

  const title = !searching ? texts.hero.latest : hasExample ? texts.results.title : texts.results.titleWords;
  const facets = first?.facets ?? {};
  return (
    <div className="results">
      <aside className="sidebar" aria-label={texts.filters.title}>
        {wide && <Filters state={state} facets={facets} onChange={onChange} searching={searching} heading />}
      </aside>
      <section className="found" aria-labelledby="found-title" aria-busy={waiting} data-search={stringifyState(state)}>
        <div className="found-head">
          <div>
            {searching ? <h1 id="found-title">{title}</h1> : <h2 id="found-title">{title}</h2>}
            <p className="soft" role="status" data-testid="status">
              {waiting && slow ? texts.results.waiting : waiting && first ? texts.results.updating : ""}
              {!waiting && matching !== undefined && texts.results.matching(matching)}
              {!waiting && close !== undefined && texts.results.close(close)}
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
        {first && <Suggestions page={first} state={state} onChange={onChange} />}
        {first && <GivenUp page={first} />}
        {first && <Interpretation page={first} />}
        {hasExample && <ButColours state={state} onChange={onChange} />}
        {(state.like ?? state.unlike) && <Refine state={state} onChange={onChange} />}
        <FilterChips state={state} onChange={onChange} />
        {!waiting && (
          <div className="row">
            <TellMe state={state} photo={photo} />
          </div>
        )}
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
            onOpen={opened}
            onMore={onMore}
            onChange={onChange}
          />
        )}
        {close !== undefined && !waiting && (
          <button type="button" className="button weaker" onClick={() => onChange((now) => ({ ...now, weak: true }), { stay: true })}>
            {texts.noResults.weak}
          </button>
        )}
      </section>
      {filtersOpen && (
        <FiltersDialog onClose={() => setFiltersOpen(false)} onFail={() => setFiltersOpen(false)}>
          <Filters state={state} facets={facets} onChange={onChange} searching={searching} onFail={() => setFiltersOpen(false)} />
        </FiltersDialog>
      )}
    </div>
  );
}
