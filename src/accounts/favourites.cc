#include "accounts/favourites.h"

#include <algorithm>

#include "accounts/one_line.h"
#include "accounts/sql_times.h"
#include "base/format.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxListNameBytes = 200;

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

Result<std::string> parse_list_name(std::string_view text) {
  const std::string_view name = trim(text);
  if (name.empty() || name.size() > kMaxListNameBytes || !is_one_line(name)) {
    return invalid("name", "must be a text of 1 to 200 bytes in one line");
  }
  return std::string(name);
}

Error no_such_list() {
  return not_found("there is no such list of favourites");
}

Error taken_name() {
  return {ErrorCode::kConflict, "is the name of another list", "name", {}};
}

// The lists that satisfy a condition of the table "l", with their items.
Result<std::vector<FavouriteList>> read_lists(SqlConnection& connection, const std::string& condition,
                                              std::initializer_list<sql::SqlValue> values) {
  std::vector<FavouriteList> lists;
  FIT_CHECK(connection.query(
      "SELECT l.id, l.tenant, l.name, l.created_at, f.item_id, f.added_at FROM favourite_lists l "
      "LEFT JOIN favourites f ON f.list_id = l.id WHERE " +
          condition + " ORDER BY l.id, f.added_at DESC, f.item_id DESC",
      values, [&lists](const SqlRow& row) {
        if (lists.empty() || lists.back().id != row.integer(0)) {
          lists.push_back({.id = row.integer(0),
                           .tenant = std::string(row.text(1)),
                           .name = std::string(row.text(2)),
                           .created_at = time_at(row, 3),
                           .items = {}});
        }
        if (row.is_null(4)) return;
        lists.back().items.push_back({.item = ItemId{row.integer(4)}, .added_at = time_at(row, 5)});
      }));
  return lists;
}

Result<FavouriteList> read_list(SqlConnection& connection, const FavouriteOwner& owner, std::int64_t id) {
  FIT_TRY(auto lists, read_lists(connection, "l.id = $1 AND l.user_id = $2 AND l.tenant = $3",
                                 {id, owner.user_id, owner.tenant}));
  if (lists.empty()) return no_such_list();
  return std::move(lists.front());
}

// Makes the changes of one user's lists follow one another until the transaction ends. kNotFound for a user
// who is gone.
Result<void> lock_lists(SqlConnection& connection, const FavouriteOwner& owner) {
  FIT_TRY(
      const std::int64_t found,
      connection.execute("UPDATE users SET keeps_history = keeps_history WHERE id = $1", {owner.user_id}));
  if (found == 0) return not_found("there is no such user");
  return {};
}

}  // namespace

Result<std::vector<FavouriteList>> Favourites::list(const FavouriteOwner& owner) {
  return database_.read([&](SqlConnection& connection) {
    return read_lists(connection, "l.user_id = $1 AND l.tenant = $2", {owner.user_id, owner.tenant});
  });
}

Result<std::vector<FavouriteList>> Favourites::list(std::int64_t user) {
  return database_.read(
      [user](SqlConnection& connection) { return read_lists(connection, "l.user_id = $1", {user}); });
}

Result<FavouriteList> Favourites::get(const FavouriteOwner& owner, std::int64_t id) {
  return database_.read([&](SqlConnection& connection) { return read_list(connection, owner, id); });
}

Result<FavouriteList> Favourites::create(const FavouriteOwner& owner, std::string_view text) {
  FIT_TRY(const std::string name, parse_list_name(text));
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<FavouriteList> {
    FIT_CHECK(lock_lists(connection, owner));
    FIT_TRY(const auto count, connection.query_integer(
                                  "SELECT COUNT(*) FROM favourite_lists WHERE user_id = $1 AND tenant = $2",
                                  {owner.user_id, owner.tenant}));
    if (count.value_or(0) >= static_cast<std::int64_t>(kMaxLists)) {
      return Error{
          ErrorCode::kConflict, fit::format("there are {} lists already, the most", kMaxLists), {}, {}};
    }
    const Timestamp time = now();
    std::optional<std::int64_t> id;
    FIT_CHECK(connection.query(
        "INSERT INTO favourite_lists (user_id, tenant, name, created_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (user_id, tenant, name) DO NOTHING RETURNING id",
        {owner.user_id, owner.tenant, std::string_view(name), ticks(time)},
        [&id](const SqlRow& row) { id = row.integer(0); }));
    if (!id) return taken_name();
    return FavouriteList{
        .id = *id, .tenant = std::string(owner.tenant), .name = name, .created_at = time, .items = {}};
  });
}

Result<FavouriteList> Favourites::rename(const FavouriteOwner& owner, std::int64_t id,
                                         std::string_view text) {
  FIT_TRY(const std::string name, parse_list_name(text));
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<FavouriteList> {
    FIT_CHECK(lock_lists(connection, owner));
    FIT_TRY(FavouriteList found, read_list(connection, owner, id));
    FIT_TRY(const auto other,
            connection.query_integer(
                "SELECT id FROM favourite_lists WHERE user_id = $1 AND tenant = $2 AND name = $3 "
                "AND id <> $4",
                {owner.user_id, owner.tenant, std::string_view(name), id}));
    if (other) return taken_name();
    FIT_CHECK(connection.execute("UPDATE favourite_lists SET name = $1 WHERE id = $2",
                                 {std::string_view(name), id}));
    found.name = name;
    return found;
  });
}

Result<void> Favourites::remove(const FavouriteOwner& owner, std::int64_t id) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM favourite_lists WHERE id = $1 AND user_id = $2 AND tenant = $3",
                               {id, owner.user_id, owner.tenant}));
    if (removed == 0) return no_such_list();
    return {};
  });
}

Result<bool> Favourites::add(const FavouriteOwner& owner, std::int64_t id, ItemId item) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_CHECK(lock_lists(connection, owner));
    FIT_TRY(const FavouriteList found, read_list(connection, owner, id));
    if (std::ranges::contains(found.items, item, &Favourite::item)) return false;
    if (found.items.size() >= kMaxItems) {
      return Error{
          ErrorCode::kConflict, fit::format("the list has {} items already, the most", kMaxItems), {}, {}};
    }
    FIT_CHECK(connection.execute("INSERT INTO favourites (list_id, item_id, added_at) VALUES ($1, $2, $3)",
                                 {id, item.value, ticks(now())}));
    return true;
  });
}

Result<void> Favourites::remove(const FavouriteOwner& owner, std::int64_t id, ItemId item) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(read_list(connection, owner, id));
    FIT_TRY(
        const std::int64_t removed,
        connection.execute("DELETE FROM favourites WHERE list_id = $1 AND item_id = $2", {id, item.value}));
    if (removed == 0) return not_found("the item is not in this list");
    return {};
  });
}

}  // namespace fit::accounts
