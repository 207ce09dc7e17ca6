#include "search/search_engine.h"

#include <chrono>

#include "search/answer_cache.h"
#include "search/asking.h"
#include "search/pages.h"

namespace fit::search {
namespace {

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

struct SearchEngine::State {
  explicit State(Parts given)
      : parts(given),
        reader(parts.backend.values(), parts.ontology),
        embed_seconds(
            parts.metrics.latency("fit_search_embed_seconds", "Time to read a query into its vector")),
        search_seconds(
            parts.metrics.latency("fit_search_seconds", "Time to answer a query once it is a vector")) {}

  Result<Answer> make_answer(const Query& query);
  Result<void> find(const Query& query, const Asked& asked, Answer& answer);

  Parts parts;
  QueryReader reader;
  Histogram& embed_seconds;
  Histogram& search_seconds;
};

SearchEngine::SearchEngine(Parts parts) : state_(std::make_unique<State>(parts)) {}
SearchEngine::~SearchEngine() = default;

Result<void> SearchEngine::State::find(const Query& query, const Asked& asked, Answer& answer) {
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

Result<Answer> SearchEngine::State::make_answer(const Query& query) {
  Answer answer;
  answer.space = parts.backend.space().name;
  const auto start = std::chrono::steady_clock::now();
  if (!query.text.empty()) FIT_CHECK(parts.backend.refresh_values());
  FIT_TRY(Asked asked, ask({.store = parts.store,
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
  if (!query.text.empty()) answer.read_as = std::move(asked.read);
  answer.search_ms = milliseconds_since(embedded);
  search_seconds.observe(answer.search_ms / 1000);
  return answer;
}

Result<Answer> SearchEngine::search(const Query& query) {
  FIT_CHECK(check_query(query));
  if (!state_->parts.backend.is_complete()) {
    return Error{ErrorCode::kUnavailable, "the index is being built; try again soon", {}, {}};
  }
  AnswerCache* const answers = state_->parts.answers;
  if (answers == nullptr) return state_->make_answer(query);
  const auto start = std::chrono::steady_clock::now();
  const auto place = answers->place_of(query);
  if (!place) return state_->make_answer(query);
  if (auto known = answers->find(*place)) {
    known->search_ms = milliseconds_since(start);
    return *std::move(known);
  }
  FIT_TRY(auto answer, state_->make_answer(query));
  if (!answer.is_makeshift) answers->keep(*place, answer);
  return answer;
}

}  // namespace fit::search
