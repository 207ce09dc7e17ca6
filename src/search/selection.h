#pragma once

#include <cstddef>
#include <optional>

#include "index/item_set.h"
#include "search/filter.h"

namespace fit::search {

// The items that satisfy a filter, made by ItemColumns::select(). A VectorSearcher in a database uses the
// filter, one in this process the bitmap. Copies are independent; concurrent reads are safe.
struct Selection {
  Filter filter;                             // all conditions; empty: every active item
  std::optional<index::ItemSet> items = {};  // the bitmap of the selected items, from columns that make one
  bool selects_all = false;                  // the filter excludes no item: a bitmap is not needed
  std::optional<std::size_t> estimate = {};  // number of selected items, where the columns know it
};

}  // namespace fit::search
