#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "domain/records.h"
#include "sql/sql_connection.h"

namespace fit::store {

// The images of items about to be written that wait for a review (ContentReviews), within one write
// transaction. A value type.
class FlaggedImages {
 public:
  // Reads the reviews of the items' images. Blocks, is for the connection's thread, and returns its errors.
  static Result<FlaggedImages> among(sql::SqlConnection& connection,
                                     std::span<const domain::ItemWrite> items);

  // The seller's status of an item with a flagged image, which waits for a review; empty for other items.
  // Borrows from the item.
  std::string_view listed_status(const domain::ItemWrite& item) const;

 private:
  std::set<std::string, std::less<>> sha256_;
};

}  // namespace fit::store
