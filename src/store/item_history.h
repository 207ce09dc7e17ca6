#pragma once

#include <map>
#include <span>
#include <vector>

#include "domain/records.h"
#include "sql/sql_connection.h"

namespace fit::store {

// The state of a row with the columns created_at, price, currency, status and listed_status from `first` on.
// A flagged item has its seller's status.
domain::ItemState item_state(const sql::SqlRow& row, int first);

// The state that a write of the listing at `time` gives its item.
domain::ItemState state_of(const domain::Listing& listing, Timestamp time);

// Adds a state to the history of an item unless it equals the one before, within the transaction that writes
// the item. The first state is stored with the second one, so that items which never change have no rows. For
// the connection's thread; blocks.
Result<void> record_state(sql::SqlConnection& connection, ItemId item, const domain::ItemState& before,
                          const domain::ItemState& after);

// Items::history().
Result<std::vector<domain::ItemState>> read_history(sql::SqlConnection& connection, ItemId item,
                                                    std::size_t limit);

// Items::stored_histories().
Result<std::map<ItemId, std::vector<domain::ItemState>>> read_stored_histories(sql::SqlConnection& connection,
                                                                               std::span<const ItemId> items);
// Stores the rows of another catalogue's history of the item.
Result<void> write_history(sql::SqlConnection& connection, ItemId item,
                           std::span<const domain::ItemState> states);

}  // namespace fit::store
