#include "search/word_searcher.h"

#include "search/query_timer.h"

namespace fit::search {

WordSearcher::WordSearcher(store::Catalogue& store, Metrics& metrics)
    : store_(store), seconds_(database_query_seconds(metrics, "words")) {}

Result<store::WordResults> WordSearcher::find(std::span<const std::string> words, std::size_t limit,
                                              const Selection& selection) const {
  const QueryTimer timer(seconds_);
  store::WordQuery query{.words = {words.begin(), words.end()}, .limit = limit, .among = {}};
  if (selection.items) {
    query.among = selection.items->words();
  } else if (!selection.selects_all) {
    query.filter = &selection.filter;
  }
  return store_.words().find(query);
}

}  // namespace fit::search
