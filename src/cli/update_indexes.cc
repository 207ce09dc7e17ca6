#include "cli/update_indexes.h"

#include <iostream>

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

Result<void> update_index(search::SpaceIndex& index, const std::stop_token& stop) {
  ProgressBar bar("index", "vectors");
  const auto caught_up = index.catch_up(bar.progress(), stop);
  if (!caught_up && caught_up.error().code == ErrorCode::kCancelled) {
    return cancelled("stopped; the index continues from its last snapshot");
  }
  FIT_CHECK(caught_up);
  bar.finish();
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
