// Parses filters of requests: any bytes give a filter or an error, and any filter can be evaluated.
#include "base/json.h"
#include "search/filter.h"
#include "search/memory_columns.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fit::parse_json("filters", {reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  const auto filter = fit::search::parse_filter(*json);
  if (!filter) return 0;
  fit::index::ColumnStore columns;
  fit::domain::FilterColumns item;
  item.id = fit::ItemId{1};
  item.status = "active";
  columns.upsert(std::span(&item, 1));
  const auto matching = columns.matching(*filter);
  if (matching && matching->size() == 0) (void)fit::search::MemoryColumns(columns).explain_empty(*filter);
  return 0;
}
