#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_stream.h"
#include "search/query.h"

namespace fit::search {

// A field of a Query by the name that clients use, which Query::required has none of. query_fields() is the
// one list of them: cache keys and cursors are made from it, and http/search_fields.h defines how each is
// parsed.
struct QueryField {
  std::string_view name;
  // Whether it determines the order of the results, so that a cursor is valid only with the same value. The
  // others may change between pages.
  bool orders = true;
  void (*write)(ByteWriter& key, const Query& query);  // writes the value, equal bytes for equal values
};

std::span<const QueryField> query_fields();

// Bytes that identify the query: equal for queries with the same results. Queries with different
// Query::required differ.
void write_key(ByteWriter& key, const Query& query);

// Bytes that identify the filter, by its conditions as clients give them.
void write_key(ByteWriter& key, const Filter& filter);

// Identifies the order of a query's results: equal for queries that differ only in fields that do not order.
// Query::required orders.
std::uint64_t fingerprint(const Query& query);

}  // namespace fit::search
