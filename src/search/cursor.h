#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "domain/sort_order.h"
#include "search/fusion.h"

namespace fit::search {

// How an item compares with the kind that a query asks for. All items of a query without one are of the kind.
enum class KindTier : std::uint8_t { kOfKind, kUnknown, kOtherKind };

// The key by which results are ordered: by tier; in a tier fused candidates first, then items by similarity
// alone; within each, higher scores first, and equal scores by smaller id.
struct SortKey {
  KindTier tier = KindTier::kOfKind;
  bool is_behind_fused = false;  // among the items that follow the fused candidates of the tier
  double score = 0;
  ItemId item;
};
bool comes_before(const SortKey& a, const SortKey& b);

// The place of an item in an order by a value, as the key that a cursor has, and back.
SortKey sorted_key(const domain::SortedItem& item);
domain::SortedItem sorted_item(const SortKey& key);

// Where a page ended.
struct Cursor {
  SortKey last;                // the sort key of the last result; of an order by a value: sorted_key()
  std::uint32_t returned = 0;  // the number of results up to and including the last one
  std::uint64_t query = 0;     // the query's fingerprint()
  std::int64_t space = 0;      // the searched space; 0: the order is independent of spaces
  std::int64_t taste_at = 0;   // PersonalOrder::learned_at() of the first page; 0: it had none
  std::uint64_t rates = 0;     // PriceUnit::rates of an order by converted prices; 0: another order
  FusionCode fusion = {};      // QueryFusion::code; of the kind kFixed: it had none
};

// The cursor as an opaque text for clients.
std::string encode_cursor(const Cursor& cursor);

// Reads a text that encode_cursor() made. kInvalid naming "cursor" for any other text.
Result<Cursor> decode_cursor(std::string_view text);

}  // namespace fit::search
