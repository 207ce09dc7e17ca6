#pragma once

#include <span>
#include <vector>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// The statements behind Store's calls of the same names.
Result<void> write_text_vectors(sql::SqlConnection& connection, std::int64_t space_id,
                                std::span<const TextVectorWrite> vectors);
Result<std::vector<ItemId>> items_without_text_vector(sql::SqlConnection& connection, std::int64_t space_id,
                                                      ItemId after, std::size_t limit);
Result<std::vector<TextVectorState>> text_vector_states(sql::SqlConnection& connection, std::int64_t space_id,
                                                        std::span<const ItemId> items);
Result<std::vector<StoredVector>> read_text_vectors(sql::SqlConnection& connection, std::int64_t space_id,
                                                    std::span<const ItemId> items);
Result<std::vector<StoredVector>> read_text_vector_page(sql::SqlConnection& connection, std::int64_t space_id,
                                                        ItemId after, std::size_t limit);
Result<std::int64_t> count_text_vectors(sql::SqlConnection& connection, std::int64_t space_id);

}  // namespace fit::store
