#pragma once

#include <span>
#include <vector>

#include "domain/vectors.h"
#include "sql/sql_connection.h"
#include "store/engine.h"
#include "store/vectors.h"

// The statements of Vectors for spaces of texts. They block, are for the connection's thread, and return its
// errors.
namespace fit::store {

// Vectors::put(), within an ordered write transaction.
Result<void> write_text_vectors(sql::SqlConnection& connection, const TextSpaceSql& space,
                                std::span<const TextVectorWrite> vectors);
// Vectors::items_without(), Vectors::text_states(), Vectors::of_items() and Vectors::list().
Result<std::vector<ItemId>> read_items_without_text_vector(sql::SqlConnection& connection,
                                                           const TextSpaceSql& space, ItemId after,
                                                           std::size_t limit);
Result<std::vector<TextVectorState>> read_text_vector_states(sql::SqlConnection& connection,
                                                             const TextSpaceSql& space,
                                                             std::span<const ItemId> items);
Result<std::vector<domain::ImageVector>> read_text_vectors(sql::SqlConnection& connection,
                                                           const TextSpaceSql& space,
                                                           std::span<const ItemId> items);
Result<std::vector<domain::ImageVector>> read_text_vector_page(sql::SqlConnection& connection,
                                                               const TextSpaceSql& space, ItemId after,
                                                               std::size_t limit);

}  // namespace fit::store
