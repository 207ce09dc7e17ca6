#include "cli/update_indexes.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "base/background_task.h"
#include "base/format.h"
#include "base/progress_bar.h"
#include "base/text.h"

namespace fit::cli {
namespace {

void fill_text_vectors(catalog::TextVectors& vectors, const std::stop_token& stop) {
  ProgressBar bar("embed", "texts");
  catalog::TextVectors::Report report;
  const auto filled = vectors.fill(bar.progress(), stop, report);
  bar.finish();
  if (!filled) {
    std::cerr << fit::format(
        "some items have no text vector yet ({}); fit serve will compute the missing vectors\n",
        filled.error().message);
  } else if (report.refused > 0) {
    std::cerr << fit::format("the provider rejected the texts of {} items\n", with_thousands(report.refused));
  }
}

// Waits while the index is built anew in another kind.
Result<void> finish_conversion(search::SpaceIndex& index, const std::stop_token& stop) {
  constexpr std::chrono::milliseconds kPoll{50};
  auto state = index.conversion();
  if (!state) return {};
  ProgressBar bar("convert", "vectors");
  for (; state && state->problem.empty(); state = index.conversion()) {
    bar.update(state->done, std::max(state->done, state->total));
    if (!wait_unless_stopped(stop, kPoll)) return cancelled("stopped; the index stays of its kind");
    FIT_CHECK(index.catch_up({}, stop));
  }
  bar.finish();
  if (state) std::cerr << fit::format("the index stays of its kind: {}\n", state->problem);
  return {};
}

Result<void> update_index(search::SpaceIndex& index, const std::stop_token& stop) {
  ProgressBar bar("index", "vectors");
  const auto caught_up = index.catch_up(bar.progress(), stop);
  if (!caught_up && caught_up.error().code == ErrorCode::kCancelled) {
    return cancelled("stopped; the index continues from its last snapshot");
  }
  FIT_CHECK(caught_up);
  bar.finish();
  FIT_CHECK(finish_conversion(index, stop));
  return index.checkpoint();
}

}  // namespace

Result<void> drop_empty_indexes(const Context& context, const domain::SpaceRecord& space) {
  return store::drop_empty_indexes(context.config().database.url, space);
}

Result<void> build_indexes(const Context& context, const domain::SpaceRecord& space,
                           store::IndexesToBuild which) {
  return store::build_indexes(context.config().database.url, space, context.graph, which,
                              [](const std::string& what) { std::cerr << what << "\n"; });
}

Result<void> update_indexes(const Context& context, const OpenCatalogue& catalogue) {
  FIT_CHECK(catalogue.space.load_search());
  serving::SearchedTexts* const texts = catalogue.texts;
  if (texts != nullptr) fill_text_vectors(texts->vectors(), context.stop);
  for (search::SpaceIndex* const index :
       {catalogue.space.index(), texts == nullptr ? nullptr : texts->index()}) {
    if (index != nullptr) FIT_CHECK(update_index(*index, context.stop));
  }
  search::CatalogueColumns* const columns = catalogue.space.memory_columns();
  if (columns == nullptr) return {};
  FIT_CHECK(columns->catch_up({}, context.stop));
  return columns->checkpoint();
}

}  // namespace fit::cli
