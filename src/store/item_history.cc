#include "store/item_history.h"

#include <algorithm>
#include <optional>

#include "sql/sql_times.h"
#include "store/items.h"

namespace fit::store {
namespace {

using sql::SqlRow;

// The state of the columns since, price, currency and status.
domain::ItemState stored_state(const SqlRow& row) {
  return {.since = sql::time_at(row, 0),
          .price = sql::optional_real(row, 1),
          .currency = std::string(row.text(2)),
          .status = std::string(row.text(3))};
}

}  // namespace

domain::ItemState item_state(const SqlRow& row, int first) {
  const bool is_flagged = !row.text(first + 4).empty();
  return {.since = sql::time_at(row, first),
          .price = sql::optional_real(row, first + 1),
          .currency = std::string(row.text(first + 2)),
          .status = std::string(row.text(is_flagged ? first + 4 : first + 3))};
}

domain::ItemState state_of(const domain::Listing& listing, Timestamp time) {
  return {.since = time, .price = listing.price, .currency = listing.currency, .status = listing.status};
}

Result<void> write_history(sql::SqlConnection& connection, ItemId item,
                           std::span<const domain::ItemState> states) {
  for (const domain::ItemState& state : states) {
    FIT_CHECK(connection.execute(
        "INSERT INTO item_history (item_id, since, price, currency, status) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (item_id, since) DO NOTHING",
        {item.value, sql::ticks(state.since), sql::nullable(state.price), state.currency, state.status}));
  }
  return {};
}

Result<void> record_state(sql::SqlConnection& connection, ItemId item, const domain::ItemState& before,
                          const domain::ItemState& after) {
  if (before.is_same(after)) return {};
  FIT_TRY(const auto known, connection.query_integer(
                                "SELECT since FROM item_history WHERE item_id = $1 LIMIT 1", {item.value}));
  if (!known) FIT_CHECK(write_history(connection, item, std::span(&before, 1)));
  return write_history(connection, item, std::span(&after, 1));
}

Result<std::vector<domain::ItemState>> read_history(sql::SqlConnection& connection, ItemId item,
                                                    std::size_t limit) {
  std::optional<domain::ItemState> present;
  FIT_CHECK(
      connection.query("SELECT created_at, price, currency, status, listed_status FROM items WHERE id = $1",
                       {item.value}, [&present](const SqlRow& row) { present = item_state(row, 0); }));
  if (!present) return no_such_item(item);
  std::vector<domain::ItemState> states;
  FIT_CHECK(
      connection.query("SELECT since, price, currency, status FROM item_history WHERE item_id = $1 ORDER BY "
                       "since DESC LIMIT $2",
                       {item.value, sql::sql_limit(limit)},
                       [&states](const SqlRow& row) { states.push_back(stored_state(row)); }));
  std::ranges::reverse(states);
  if (states.empty()) states.push_back(*std::move(present));
  return states;
}

Result<std::map<ItemId, std::vector<domain::ItemState>>> read_stored_histories(
    sql::SqlConnection& connection, std::span<const ItemId> items) {
  std::vector<std::int64_t> ids;
  for (const ItemId item : items) ids.push_back(item.value);
  std::map<ItemId, std::vector<domain::ItemState>> histories;
  FIT_CHECK(sql::query_among(
      connection, "SELECT since, price, currency, status, item_id FROM item_history WHERE item_id", ids,
      [&histories](const SqlRow& row) { histories[ItemId{row.integer(4)}].push_back(stored_state(row)); }));
  for (auto& [item, states] : histories) std::ranges::sort(states, {}, &domain::ItemState::since);
  return histories;
}

}  // namespace fit::store
