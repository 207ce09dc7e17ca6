#pragma once

#include <memory>
#include <span>
#include <unordered_map>

#include "base/ids.h"
#include "base/result.h"
#include "domain/space.h"
#include "store/catalogue.h"
#include "style/taste/taste_background.h"

namespace fit::style {

// The largest id of an item; 0 when there is none. Blocks.
Result<std::int64_t> last_item(store::Catalogue& store);

// What a thousand items from all over the catalogue show of it: groups of ten items with following ids, at
// equal distances. Blocks. Errors are the store's.
Result<std::shared_ptr<const TasteBackground>> sample_background(store::Catalogue& store,
                                                                 const domain::SpaceRecord& space);

// Items by their ids, as tastes compare them; those that do not exist are left out. `space_id` is that of the
// background. Blocks. Errors are the store's.
Result<std::unordered_map<ItemId, PreparedItem>> prepared_items(store::Catalogue& store,
                                                                std::int64_t space_id,
                                                                const TasteBackground& background,
                                                                std::span<const ItemId> items);

}  // namespace fit::style
