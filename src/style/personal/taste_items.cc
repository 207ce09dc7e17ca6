#include "style/personal/taste_items.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "domain/records.h"
#include "style/taste/taste_item.h"

namespace fit::style {
namespace {

constexpr std::size_t kSample = 1'000;
constexpr std::size_t kGroup = 10;

using VectorOf = std::unordered_map<ItemId, std::vector<float>>;

// The vector of the first image of each item.
Result<VectorOf> main_vectors(store::Catalogue& store, std::int64_t space_id, std::span<const ItemId> items) {
  VectorOf vectors;
  if (items.empty()) return vectors;
  FIT_TRY(auto stored, store.vectors().of_items(space_id, items));
  for (domain::ImageVector& one : stored) vectors.try_emplace(one.item, std::move(one.values));
  return vectors;
}

// Borrows both.
TasteItem taste_item(const domain::FilterColumns& columns, const VectorOf& vectors) {
  const auto vector = vectors.find(columns.id);
  return {.vectors = {vector == vectors.end() ? std::span<const float>() : std::span(vector->second)},
          .properties = &columns.properties,
          .brand = columns.brand,
          .size = columns.size,
          .price = columns.price,
          .currency = columns.currency};
}

std::vector<ItemId> ids_of(const std::vector<domain::FilterColumns>& items) {
  std::vector<ItemId> ids;
  ids.reserve(items.size());
  for (const domain::FilterColumns& one : items) ids.push_back(one.id);
  return ids;
}

Result<std::vector<domain::FilterColumns>> sampled_columns(store::Catalogue& store) {
  FIT_TRY(const std::int64_t last, last_item(store));
  if (last <= static_cast<std::int64_t>(kSample)) return store.items().list_filter_columns(ItemId{}, kSample);
  std::vector<domain::FilterColumns> sample;
  constexpr std::int64_t kGroups = kSample / kGroup;
  for (std::int64_t group = 0; group < kGroups; ++group) {
    // The ids of removed items leave gaps, behind which groups would overlap.
    const std::int64_t begin = last / kGroups * group;
    const ItemId after{sample.empty() ? begin : std::max(begin, sample.back().id.value)};
    FIT_TRY(auto found, store.items().list_filter_columns(after, kGroup));
    std::ranges::move(found, std::back_inserter(sample));
  }
  return sample;
}

}  // namespace

Result<std::int64_t> last_item(store::Catalogue& store) {
  return store.database().read([](sql::SqlConnection& connection) -> Result<std::int64_t> {
    FIT_TRY(const auto last, connection.query_integer("SELECT COALESCE(MAX(id), 0) FROM items", {}));
    return last.value_or(0);
  });
}

Result<std::shared_ptr<const TasteBackground>> sample_background(store::Catalogue& store,
                                                                 const domain::SpaceRecord& space) {
  FIT_TRY(const auto columns, sampled_columns(store));
  FIT_TRY(const VectorOf vectors, main_vectors(store, space.id, ids_of(columns)));
  std::vector<TasteItem> items;
  items.reserve(columns.size());
  for (const domain::FilterColumns& one : columns) items.push_back(taste_item(one, vectors));
  return std::make_shared<const TasteBackground>(std::vector<std::string>{space.name}, items);
}

Result<std::unordered_map<ItemId, PreparedItem>> prepared_items(store::Catalogue& store,
                                                                std::int64_t space_id,
                                                                const TasteBackground& background,
                                                                std::span<const ItemId> items) {
  std::unordered_map<ItemId, PreparedItem> prepared;
  if (items.empty()) return prepared;
  FIT_TRY(const auto columns, store.items().filter_columns(items));
  FIT_TRY(const VectorOf vectors, main_vectors(store, space_id, items));
  for (const domain::FilterColumns& one : columns) {
    prepared.emplace(one.id, background.prepare(taste_item(one, vectors)));
  }
  return prepared;
}

}  // namespace fit::style
