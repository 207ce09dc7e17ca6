#include "search/search_engine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "base/format.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "base/trace.h"
#include "domain/garment_size.h"
#include "search/facet_counts.h"
#include "search/filter_words.h"
#include "search/interleaved_ranking.h"
#include "search/pages.h"
#include "search/query_fields.h"
#include "search/query_resolver.h"
#include "search/recall_probe.h"
#include "search/result_cache.h"
#include "search/result_quality.h"
#include "search/same_image.h"
#include "search/visible_catalogues.h"
#include "search/word_searcher.h"

namespace fit::search {
namespace {

Result<void> check_stop(const Query& query) {
  if (query.stop.stop_requested()) return cancelled();
  return {};
}

// The kind of a query, which labels its latency in the metrics.
enum class QueryKind : std::size_t { kPhoto, kItem, kWords, kComposed, kBrowse, kCount };
constexpr std::array<const char*, static_cast<std::size_t>(QueryKind::kCount)> kKinds = {
    "photo", "item", "words", "composed", "browse"};

QueryKind kind_of(const Query& query) {
  const bool has_own_vector = !query.vector.empty() && !query.has_client_vector();
  const bool has_item = query.item_id || has_own_vector || !query.like.empty() || !query.unlike.empty();
  const int parts = static_cast<int>(query.has_photo()) + static_cast<int>(has_item) +
                    static_cast<int>(!query.text.empty());
  if (parts > 1) return QueryKind::kComposed;
  if (query.has_photo()) return QueryKind::kPhoto;
  if (has_item) return QueryKind::kItem;
  return query.text.empty() ? QueryKind::kBrowse : QueryKind::kWords;
}

FirstPage first_page_of(const std::vector<Hit>& hits) {
  FirstPage page{
      .hits = hits.size(), .similarity = std::numeric_limits<double>::quiet_NaN(), .relevance = {}};
  if (!hits.empty()) page.similarity = hits.front().similarity;
  for (const Hit& hit : hits) {
    if (hit.relevance) page.relevance = std::max(page.relevance.value_or(0), *hit.relevance);
  }
  return page;
}

using KindSeconds = std::array<Histogram*, kKinds.size()>;

KindSeconds kind_seconds(Metrics& metrics) {
  KindSeconds seconds{};
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    seconds[i] = &metrics.latency("fit_query_seconds", "Time of a query, cached results included",
                                  {{"kind", kKinds[i]}});
  }
  return seconds;
}

}  // namespace

// The times of the parts of a search, in milliseconds.
struct PartTimes {
  double resolve = 0;  // the query's photo, words and vectors
  double filter = 0;
  double candidates = 0;  // lists and their fusion
  double page = 0;
  double facets = 0;
};

struct SearchEngine::State {
  explicit State(Parts given)
      : parts(std::move(given)),
        names(parts.store),
        parser(parts.columns.values(), names, parts.ontology),
        catalogues({.store = parts.store,
                    .columns = parts.columns,
                    .words = parser.words(),
                    .ontology = parts.ontology}),
        words(parts.store, parts.metrics),
        embed_seconds(
            parts.metrics.latency("fit_search_embed_seconds", "Time to turn a query into its vector")),
        search_seconds(parts.metrics.latency("fit_search_seconds", "Time of a query from its vector on")),
        query_seconds(kind_seconds(parts.metrics)),
        slow_count(
            parts.metrics.counter("fit_slow_searches_total", "Searches that took SLOW_QUERY_MS or longer")),
        quality(parts.metrics, kKinds, parts.searcher.space().name) {}

  Result<SearchResults> search(const Query& query, PartTimes& times);
  void log_slow(const char* kind, const Query& query, const SearchResults& results, double took_ms,
                const PartTimes& times) const;

  Result<SearchResults> compute(const Query& query, PartTimes& times);
  std::shared_ptr<const ExchangeRates> current_rates() const {
    return parts.rates == nullptr ? nullptr : parts.rates->get();
  }
  Result<ResolvedQuery> resolve(const Query& query, const VisibleCatalogue* visible,
                                const ExchangeRates* rates);
  Result<void> find(const Query& query, const ResolvedQuery& resolved, const VisibleCatalogue* visible,
                    SearchResults& results, PartTimes& times);
  Result<std::vector<domain::Facet>> facets(const Query& query, const ResolvedQuery& resolved,
                                            const VisibleCatalogue* visible, const Selection& selection,
                                            PartTimes& times);
  Result<void> describe_interleaved(const ResolvedQuery& resolved, const FusionWeights& weights,
                                    const InterleavedRanking& merged, SearchResults& results);
  Result<Selection> select(const Filter& filter) const;
  static Result<Page> read(Pages& pages);
  Result<std::string> explain_empty(const Query& query, const ResolvedQuery& resolved,
                                    const Selection& selection, const VisibleCatalogue* visible);
  Result<std::string> explain_filter(const Filter& own, const VisibleCatalogue* visible);
  bool may_show_all(const SearchResults& results, const Filter& required) const;

  Parts parts;
  StoredNames names;
  QueryParser parser;
  VisibleCatalogues catalogues;
  WordSearcher words;
  Histogram& embed_seconds;
  Histogram& search_seconds;
  const KindSeconds query_seconds;
  Counter& slow_count;
  ResultQuality quality;
};

SearchEngine::SearchEngine(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
SearchEngine::~SearchEngine() = default;

Result<ResolvedQuery> SearchEngine::State::resolve(const Query& query, const VisibleCatalogue* visible,
                                                   const ExchangeRates* rates) {
  const Span span("resolve query");
  if (!query.text.empty()) FIT_CHECK(parts.columns.refresh_values());
  return resolve_query({.store = parts.store,
                        .embedder = parts.embedder,
                        .searcher = parts.searcher,
                        .columns = parts.columns,
                        .rerank_spaces = parts.rerank_spaces,
                        .image_limits = parts.image_limits,
                        .texts = parts.texts ? &parts.texts->embedder : nullptr,
                        .visible = visible,
                        .rates = rates,
                        .detector = parts.detector},
                       visible == nullptr ? parser : visible->parser(), query);
}

// The reason why no item satisfies the query's own filter.
Result<std::string> SearchEngine::State::explain_filter(const Filter& own, const VisibleCatalogue* visible) {
  if (!own.external_ids.empty()) {
    bool has_none = own.among && own.among->empty();
    if (!has_none && visible != nullptr) {
      FIT_TRY(has_none, visible->has_none_of(*own.among));
    }
    if (has_none) return fit::format("no item has the external_id {}", own.external_ids.front());
  }
  return visible == nullptr ? parts.columns.explain_empty(own) : visible->explain_empty(own);
}

// The reason why there are no results; empty when neither the filter nor the words exclude all items.
Result<std::string> SearchEngine::State::explain_empty(const Query& query, const ResolvedQuery& resolved,
                                                       const Selection& selection,
                                                       const VisibleCatalogue* visible) {
  FIT_TRY(const bool none_selected, parts.columns.is_empty(selection));
  std::string reason;
  if (none_selected) {
    FIT_TRY(reason, explain_filter(resolved.own_filter(), visible));
  }
  if (reason.empty() && resolved.min_relevance && query.cursor.empty()) {
    reason = "no item that satisfies the filters is close enough to what the query asks for";
  }
  if (reason.empty() && resolved.has_words_only() && query.cursor.empty()) {
    reason =
        "no item that satisfies the filters says so in its title, brand, size, description or properties";
  }
  return reason;
}

Result<void> SearchEngine::State::find(const Query& query, const ResolvedQuery& resolved,
                                       const VisibleCatalogue* visible, SearchResults& results,
                                       PartTimes& times) {
  Stopwatch watch;
  FIT_TRY(const Selection selection, select(resolved.filter));
  times.filter = watch.milliseconds();
  FIT_CHECK(check_stop(query));
  Pages pages(
      {.store = parts.store, .searcher = parts.searcher, .columns = parts.columns, .visible = visible}, query,
      resolved, selection);
  const bool is_interleaved =
      query.fusion != nullptr && query.fusion->code.kind == FusionCode::Kind::kInterleaved;
  InterleavedRanking merged;
  watch = Stopwatch();
  const bool is_fused = !query.is_plain() || query.personal != nullptr || !resolved.rerank_vectors.empty();
  if (resolved.query_vector() != nullptr) {
    const char* const kind = kKinds.at(static_cast<std::size_t>(kind_of(query)));
    if (query.cursor.empty()) quality.note_vector(*resolved.query_vector());
    if (parts.recall != nullptr) {
      parts.recall->offer(kind, *resolved.query_vector(), selection, is_fused);
    }
  }
  if (is_fused) {
    RankingParts ranking{.store = parts.store,
                         .embedder = parts.embedder,
                         .searcher = parts.searcher,
                         .columns = parts.columns,
                         .words = words,
                         .text_searcher = parts.texts ? &parts.texts->searcher : nullptr,
                         .rerank_spaces = parts.rerank_spaces,
                         .visible = visible == nullptr ? nullptr : &visible->items()};
    if (query.fusion != nullptr && !is_interleaved) ranking.weights = &query.fusion->weights;
    FIT_TRY(auto ranked, rank_candidates(ranking, query, resolved, selection));
    if (is_interleaved) {
      ranking.weights = &query.fusion->weights;
      FIT_TRY(auto adapted, rank_candidates(ranking, query, resolved, selection));
      merged = interleave_rankings(ranked, std::move(adapted), query.fusion->code.seed);
      ranked = merged.ranked;
    }
    results.given_up = std::move(ranked.given_up);
    pages.set_ranked(std::move(ranked));
  }
  times.candidates = watch.milliseconds();
  FIT_CHECK(check_stop(query));
  watch = Stopwatch();
  FIT_TRY(Page page, read(pages));
  results.hits = std::move(page.hits);
  mark_same_images(query, resolved, parts.embedder.image_short_side(), parts.image_limits, results.hits);
  results.next_cursor = std::move(page.next_cursor);
  results.sorted = page.sorted;
  if (is_interleaved && query.cursor.empty()) {
    FIT_CHECK(describe_interleaved(resolved, query.fusion->weights, merged, results));
  }
  times.page = watch.milliseconds();
  if (results.hits.empty()) {
    results.given_up.clear();
    FIT_TRY(results.reason, explain_empty(query, resolved, selection, visible));
  }
  FIT_CHECK(check_stop(query));
  if (!query.facets.empty()) {
    FIT_TRY(results.facets, facets(query, resolved, visible, selection, times));
  }
  return {};
}

Result<std::vector<domain::Facet>> SearchEngine::State::facets(const Query& query,
                                                               const ResolvedQuery& resolved,
                                                               const VisibleCatalogue* visible,
                                                               const Selection& selection, PartTimes& times) {
  const Span span("facets");
  const Stopwatch watch;
  auto counted = count_facets(parts.columns, parser.words(), query.facets, selection,
                              {.own = resolved.own_filter(),
                               .visible = visible,
                               .unit = resolved.price_unit ? &*resolved.price_unit : nullptr});
  times.facets = watch.milliseconds();
  return counted;
}

Result<Selection> SearchEngine::State::select(const Filter& filter) const {
  const Span span("filter");
  return parts.columns.select(filter);
}

Result<Page> SearchEngine::State::read(Pages& pages) {
  const Span span("page");
  return pages.read();
}

// Says of the hits of an interleaved query which ranking has put them there, and what the weights were
// multiplied with.
Result<void> SearchEngine::State::describe_interleaved(const ResolvedQuery& resolved,
                                                       const FusionWeights& weights,
                                                       const InterleavedRanking& merged,
                                                       SearchResults& results) {
  std::unordered_map<ItemId, const Candidate*> candidates;
  for (const Candidate& one : merged.ranked.candidates) candidates.emplace(one.item, &one);
  std::vector<ItemId> items;
  for (const Hit& hit : results.hits) {
    const auto candidate = candidates.find(hit.item.id);
    if (candidate == candidates.end()) continue;
    const Team team = merged.teams.at(hit.item.id);
    items.push_back(hit.item.id);
    results.interleaved.push_back({.item = hit.item.id,
                                   .is_adapted = team == Team::kB,
                                   .is_fixed = team == Team::kA,
                                   .parts = unweighted_parts(*candidate->second, weights),
                                   .spaces = {std::isnan(hit.similarity) ? 0 : hit.similarity}});
  }
  for (std::size_t i = 0; i < resolved.rerank_vectors.size(); ++i) {
    std::unordered_map<ItemId, double> cosines;
    if (resolved.rerank_vectors[i]) {
      FIT_TRY(cosines,
              best_cosines(parts.store, parts.rerank_spaces[i].space.id, *resolved.rerank_vectors[i], items));
    }
    double mean = 0;
    for (const auto& [item, cosine] : cosines) mean += cosine / static_cast<double>(cosines.size());
    for (InterleavedHit& one : results.interleaved) {
      const auto known = cosines.find(one.item);
      one.spaces.push_back(known == cosines.end() ? mean : known->second);
    }
  }
  return {};
}

Result<SearchResults> SearchEngine::State::compute(const Query& query, PartTimes& times) {
  SearchResults results;
  results.space = parts.searcher.space().name;
  const Stopwatch embedding;
  const auto present_rates = current_rates();       // the same for all parts of the query
  std::shared_ptr<const VisibleCatalogue> visible;  // null: all items exist
  if (!query.required.empty()) {
    FIT_TRY(visible, catalogues.open(query.required, present_rates));
  }
  FIT_CHECK(check_stop(query));
  FIT_TRY(ResolvedQuery resolved, resolve(query, visible.get(), present_rates.get()));
  FIT_CHECK(check_stop(query));
  results.is_degraded = resolved.provider_failed;
  results.embed_ms = times.resolve = embedding.milliseconds();
  embed_seconds.observe(results.embed_ms / 1000);

  const Stopwatch searching;
  FIT_CHECK(find(query, resolved, visible.get(), results, times));
  results.price_unit = std::move(resolved.price_unit);
  results.searched_box = resolved.searched_box;
  results.order_unit = std::move(resolved.order_unit);
  results.predicted = std::move(resolved.predicted);
  if (!query.text.empty()) results.parsed_text = std::move(resolved.parsed);
  results.search_ms = searching.milliseconds();
  search_seconds.observe(results.search_ms / 1000);
  return results;
}

// Whether all hits may be shown. The records of cached results are read after the position was compared.
bool SearchEngine::State::may_show_all(const SearchResults& results, const Filter& required) const {
  if (required.empty()) return true;
  const auto present_rates = current_rates();
  return std::ranges::all_of(results.hits, [&](const Hit& hit) {
    return satisfies(hit.item.listing, parser.words(), present_rates.get(), required);
  });
}

Result<SearchResults> SearchEngine::State::search(const Query& query, PartTimes& times) {
  // Whoever writes an item and lists the catalogue sees the item. Other searches are not held up by writers.
  if (kind_of(query) == QueryKind::kBrowse) parts.columns.wait_for_writes();
  const bool is_interleaved =
      query.fusion != nullptr && query.fusion->code.kind == FusionCode::Kind::kInterleaved;
  const bool is_cacheable =
      query.personal == nullptr && (query.vector.empty() || query.has_client_vector()) && !is_interleaved;
  if (parts.cache == nullptr || !is_cacheable) return compute(query, times);
  const Stopwatch watch;
  const auto key = parts.cache->key_of(query);
  if (!key) return compute(query, times);
  if (auto cached = parts.cache->find(*key); cached && may_show_all(*cached, query.required)) {
    const std::string of_words = cached->parsed_text ? cached->parsed_text->price_currency : std::string();
    const auto present_rates = current_rates();
    cached->price_unit = price_unit_of(query.filter.price_in, of_words, present_rates.get());
    cached->order_unit = order_unit_of(query.sort, cached->price_unit, present_rates.get());
    cached->search_ms = watch.milliseconds();
    return *std::move(cached);
  }
  FIT_TRY(auto results, compute(query, times));
  if (!results.is_degraded) parts.cache->put(*key, results);
  return results;
}

Result<std::vector<ItemId>> SearchEngine::match_copies(std::span<const Hit> first,
                                                       std::span<const Hit> second) const {
  std::vector<const Hit*> hits;
  for (const Hit& hit : first) hits.push_back(&hit);
  for (const Hit& hit : second) hits.push_back(&hit);
  FIT_TRY(const std::vector<std::size_t> copies, find_first_copies(hits, state_->parts.searcher));
  std::vector<ItemId> items;
  for (std::size_t i = first.size(); i < hits.size(); ++i) items.push_back(hits[copies[i]]->item.id);
  return items;
}

bool SearchEngine::may_show(const domain::Listing& listing, const Filter& required) const {
  return required.empty() ||
         satisfies(listing, state_->parser.words(), state_->current_rates().get(), required);
}

Result<bool> SearchEngine::may_show(ItemId item, const Filter& required) {
  const auto known = state_->parts.store.items().get(item);
  if (known) return may_show(known->listing, required);
  if (known.error().code == ErrorCode::kNotFound) return false;
  return known.error();
}

Result<ResolvedQuery> SearchEngine::resolve(const Query& query) {
  FIT_CHECK(check_query(query));
  const auto present_rates = state_->current_rates();
  std::shared_ptr<const VisibleCatalogue> visible;
  if (!query.required.empty()) {
    FIT_TRY(visible, state_->catalogues.open(query.required, present_rates));
  }
  return state_->resolve(query, visible.get(), present_rates.get());
}

std::string SearchEngine::value_key(std::string_view column, std::string_view value) const {
  std::string lower = to_lower(value);
  const auto property = domain::property_index(column);
  if (column == "size") {
    if (auto size = domain::read_size(lower)) return to_lower(size->text);
  }
  if (!property) return lower;
  const auto meaning = state_->parser.words().meaning_of(*property, lower);
  return meaning ? std::string(*meaning) : lower;
}

const domain::SpaceRecord& SearchEngine::space() const {
  return state_->parts.searcher.space();
}

std::vector<std::string> SearchEngine::fused_spaces() const {
  std::vector<std::string> names = {space().name};
  for (const RerankSpace& one : state_->parts.rerank_spaces) names.push_back(one.space.name);
  return names;
}

FusionWeights SearchEngine::fixed_fusion(const Query& query) const {
  FusionWeights fixed = fixed_weights(query.weights, state_->parts.rerank_spaces);
  const bool has_image = query.has_photo() || query.item_id || !query.like.empty();
  const auto drop = [&fixed](std::string_view part, bool is_absent) {
    const auto at = static_cast<std::size_t>(std::ranges::find(kFusedParts, part) - kFusedParts.begin());
    if (is_absent) fixed.parts.at(at) = 0;
  };
  drop("image", !has_image);
  drop("text", query.text.empty() || !state_->parts.embedder.space().has_text);
  drop("texts", query.text.empty() || !state_->parts.texts);
  drop("words", query.text.empty());
  drop("properties", query.text.empty());
  if (!has_image) fixed.spaces.assign(fixed.spaces.size(), 0);
  return fixed;
}

Result<Cursor> SearchEngine::position(const Query& query) const {
  Cursor begin;
  if (!query.cursor.empty()) {
    FIT_TRY(begin, decode_cursor(query.cursor));
  }
  begin.query = fingerprint(query);
  begin.space = query.browse ? 0 : state_->parts.searcher.space().id;
  return begin;
}

Result<SearchResults> SearchEngine::search(const Query& query) {
  FIT_CHECK(check_query(query));
  FIT_CHECK(check_stop(query));
  if (!state_->parts.searcher.is_complete()) {
    return Error{ErrorCode::kUnavailable, "the index is being built; try again soon", {}, {}};
  }
  Span span("search");
  const auto index = static_cast<std::size_t>(kind_of(query));
  const Stopwatch watch;
  PartTimes times;
  auto results = state_->search(query, times);
  if (span.is_recorded()) {
    span.set("fit.kind", std::string(kKinds.at(index)));
    if (results) span.set("fit.hits", static_cast<std::int64_t>(results->hits.size()));
    if (!results) span.fail(std::string(to_string(results.error().code)));
  }
  if (!results) return results;
  state_->query_seconds.at(index)->observe(watch.seconds());
  if (query.cursor.empty()) state_->quality.note_page(index, first_page_of(results->hits));
  if (state_->parts.slow && watch.elapsed() >= state_->parts.slow->from) {
    state_->log_slow(kKinds.at(index), query, *results, watch.milliseconds(), times);
  }
  return results;
}

// Says nothing of what the query asks for, which may be personal.
void SearchEngine::State::log_slow(const char* kind, const Query& query, const SearchResults& results,
                                   double took_ms, const PartTimes& times) const {
  slow_count.add();
  const auto rounded = [](double milliseconds) { return std::round(milliseconds * 1e3) / 1e3; };
  parts.slow->log.warning("slow search", {{"kind", kind},
                                          {"took_ms", rounded(took_ms)},
                                          {"resolve_ms", rounded(times.resolve)},
                                          {"filter_ms", rounded(times.filter)},
                                          {"candidates_ms", rounded(times.candidates)},
                                          {"page_ms", rounded(times.page)},
                                          {"facets_ms", rounded(times.facets)},
                                          {"space", results.space},
                                          {"hits", results.hits.size()},
                                          {"limit", query.limit},
                                          {"has_filter", !query.filter.empty()},
                                          {"facets", query.facets.size()}});
}

}  // namespace fit::search
