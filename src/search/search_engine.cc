#include "search/search_engine.h"

#include <array>
#include <chrono>

#include "search/pages.h"
#include "search/query_resolver.h"
#include "search/result_cache.h"

namespace fit::search {
namespace {

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Of a question, for its latency.
enum class Kind : std::size_t { kPhoto, kItem, kWords, kComposed, kBrowse, kCount };
constexpr std::array<const char*, static_cast<std::size_t>(Kind::kCount)> kKinds = {"photo", "item", "words",
                                                                                    "composed", "browse"};

Kind kind_of(const Query& query) {
  const bool has_item = query.item_id || !query.like.empty() || !query.unlike.empty();
  const int parts = static_cast<int>(!query.image.empty()) + static_cast<int>(has_item) +
                    static_cast<int>(!query.text.empty());
  if (parts > 1) return Kind::kComposed;
  if (!query.image.empty()) return Kind::kPhoto;
  if (has_item) return Kind::kItem;
  return query.text.empty() ? Kind::kBrowse : Kind::kWords;
}

using KindSeconds = std::array<Histogram*, kKinds.size()>;

KindSeconds kind_seconds(Metrics& metrics) {
  KindSeconds seconds{};
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    seconds[i] =
        &metrics.latency("fit_query_seconds", "Time to answer a question, remembered answers among them",
                         {{"kind", kKinds[i]}});
  }
  return seconds;
}

}  // namespace

struct SearchEngine::State {
  explicit State(Parts given)
      : parts(given),
        reader(parts.backend.values(), parts.ontology),
        embed_seconds(
            parts.metrics.latency("fit_search_embed_seconds", "Time to read a query into its vector")),
        search_seconds(
            parts.metrics.latency("fit_search_seconds", "Time to answer a query once it is a vector")),
        query_seconds(kind_seconds(parts.metrics)) {}

  Result<SearchResults> answer(const Query& query);

  Result<SearchResults> make_answer(const Query& query);
  Result<void> find(const Query& query, const ResolvedQuery& asked, SearchResults& answer);

  Parts parts;
  QueryParser reader;
  Histogram& embed_seconds;
  Histogram& search_seconds;
  const KindSeconds query_seconds;
};

SearchEngine::SearchEngine(Parts parts) : state_(std::make_unique<State>(parts)) {}
SearchEngine::~SearchEngine() = default;

Result<void> SearchEngine::State::find(const Query& query, const ResolvedQuery& asked,
                                       SearchResults& answer) {
  FIT_TRY(const auto matching, parts.backend.select(asked.filter));
  Pages pages({.store = parts.store, .backend = parts.backend}, query, asked, *matching);
  if (!query.is_plain() || !asked.rerank_looks.empty()) {
    const Ranking::Parts ranking{.store = parts.store,
                                 .embedder = parts.embedder,
                                 .backend = parts.backend,
                                 .rerank_spaces = parts.rerank_spaces};
    FIT_TRY(auto ranked, Ranking::rank(ranking, query, asked, *matching));
    pages.set_head(std::move(ranked));
  }
  FIT_TRY(Page page, pages.read());
  answer.hits = std::move(page.hits);
  answer.next_cursor = std::move(page.next_cursor);
  if (answer.hits.empty()) {
    FIT_TRY(const bool none, parts.backend.is_empty(*matching));
    if (none) {
      FIT_TRY(answer.reason, parts.backend.why_nothing_matches(asked.filter));
    }
  }
  if (answer.hits.empty() && answer.reason.empty() && asked.is_by_words_alone() && query.cursor.empty()) {
    answer.reason =
        "no item that satisfies the filters says so in its title, brand, description or properties";
  }
  if (!query.facets.empty()) {
    FIT_TRY(answer.facets, parts.backend.facets(query.facets, *matching));
  }
  return {};
}

Result<SearchResults> SearchEngine::State::make_answer(const Query& query) {
  SearchResults answer;
  answer.space = parts.backend.space().name;
  const auto start = std::chrono::steady_clock::now();
  if (!query.text.empty()) FIT_CHECK(parts.backend.refresh_values());
  FIT_TRY(ResolvedQuery asked, ask({.store = parts.store,
                                    .embedder = parts.embedder,
                                    .backend = parts.backend,
                                    .rerank_spaces = parts.rerank_spaces,
                                    .image_limits = parts.image_limits,
                                    .texts = parts.texts},
                                   reader, query));
  answer.is_makeshift = asked.lacks_provider;
  answer.embed_ms = milliseconds_since(start);
  embed_seconds.observe(answer.embed_ms / 1000);

  const auto embedded = std::chrono::steady_clock::now();
  FIT_CHECK(find(query, asked, answer));
  answer.predicted = std::move(asked.predicted);
  if (!query.text.empty()) answer.parsed_text = std::move(asked.read);
  answer.search_ms = milliseconds_since(embedded);
  search_seconds.observe(answer.search_ms / 1000);
  return answer;
}

Result<SearchResults> SearchEngine::State::answer(const Query& query) {
  ResultCache* const answers = parts.answers;
  if (answers == nullptr) return make_answer(query);
  const auto start = std::chrono::steady_clock::now();
  const auto place = answers->place_of(query);
  if (!place) return make_answer(query);
  if (auto known = answers->find(*place)) {
    known->search_ms = milliseconds_since(start);
    return *std::move(known);
  }
  FIT_TRY(auto made, make_answer(query));
  if (!made.is_makeshift) answers->keep(*place, made);
  return made;
}

Result<SearchResults> SearchEngine::search(const Query& query) {
  FIT_CHECK(check_query(query));
  if (!state_->parts.backend.is_complete()) {
    return Error{ErrorCode::kUnavailable, "the index is being built; try again soon", {}, {}};
  }
  const auto start = std::chrono::steady_clock::now();
  auto answer = state_->answer(query);
  const auto kind = static_cast<std::size_t>(kind_of(query));
  if (answer) state_->query_seconds.at(kind)->observe(milliseconds_since(start) / 1000);
  return answer;
}

}  // namespace fit::search
