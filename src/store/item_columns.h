#pragma once

#include <array>
#include <string>
#include <string_view>

#include "domain/records.h"
#include "sql/sql_connection.h"

namespace fit::store {

// The columns of FilterColumns and of ItemRecord as lists for SQL, with the properties in the order of
// kProperties.
const std::string& filter_column_list();
const std::string& item_columns();

// The columns of a row of items besides its listing. Borrows its members.
struct ItemRow {
  std::string_view content_hash;
  std::string_view origins;  // as encode_origins() writes them
  Timestamp created_at;
  Timestamp updated_at;
  std::string_view listed_status = {};  // the seller's status of a flagged item; empty for others
};

// The values of item_columns() without the id, which borrow from the listing and the row.
inline constexpr std::size_t kItemValues = 17 + domain::kProperties.size();
std::array<sql::SqlValue, kItemValues> item_values(const domain::Listing& listing, const ItemRow& row);

// The columns of ImageRecord as a list for SQL, and their values without the id, which borrow from the image.
const std::string& image_columns();
inline constexpr std::size_t kImageValues = 8;
std::array<sql::SqlValue, kImageValues> image_values(ItemId item, std::int64_t position,
                                                     const domain::ImageFields& image);

// Returns a list of columns that begins with the id without the id.
std::string without_id(const std::string& columns);

// Returns the updated_at of a write at `time` to an item whose updated_at is `present`. It grows even when
// the clock does not, so that no two versions of an item are equal.
Timestamp later_than(Timestamp present, Timestamp time);

// Returns "$1, $2, …, $count".
std::string numbered_placeholders(std::size_t count);

}  // namespace fit::store
