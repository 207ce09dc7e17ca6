#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/cursor.h"

namespace fit::search {

// What the results of several tenants are merged by.
enum class MergeOrder : std::uint8_t {
  kSimilarity,  // all tenants have the same space
  kRelevance,   // their spaces differ, and all have a calibrated relevance
  kRank,        // neither: the first result of each tenant, then the second of each, and so on
  kValue,       // the query is ordered by a value (Query::sort)
};

// Where a page of merged results ended in one tenant.
struct TenantPosition {
  std::string tenant;
  Cursor cursor;         // behind the last result of the tenant
  bool is_done = false;  // the tenant has no further results
};

// Where a page of merged results ended. A tenant without a position has no result on the pages so far.
struct FederatedCursor {
  std::uint64_t query = 0;  // identifies the request
  MergeOrder order = MergeOrder::kSimilarity;
  std::vector<TenantPosition> positions = {};  // by tenant
};

// The cursor as an opaque text for clients, about 120 bytes for each position.
std::string encode_cursor(const FederatedCursor& cursor);

// Reads a text that encode_cursor() made of a FederatedCursor. kInvalid naming "cursor" for any other text.
Result<FederatedCursor> decode_federated_cursor(std::string_view text);

}  // namespace fit::search
