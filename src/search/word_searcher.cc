#include "search/word_searcher.h"

#include "search/query_timer.h"

namespace fit::search {

WordSearcher::WordSearcher(store::Catalogue& store, Metrics& metrics)
    : store_(store), seconds_(database_query_seconds(metrics, "words")) {}

store::WordScope word_scope(const Selection& selection) {
  if (selection.items) return {.among = selection.items->words()};
  if (selection.selects_all) return {};
  return {.filter = &selection.filter};
}

Result<store::WordResults> WordSearcher::find(std::span<const std::string> words, std::size_t limit,
                                              const Selection& selection, const Selection* visible) const {
  const QueryTimer timer(seconds_);
  const auto [among, filter] = word_scope(selection);
  store::WordQuery query{
      .words = {words.begin(), words.end()}, .limit = limit, .among = among, .filter = filter};
  if (visible != nullptr) query.scope = word_scope(*visible);
  return store_.words().find(query);
}

}  // namespace fit::search
