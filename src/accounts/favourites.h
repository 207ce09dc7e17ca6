#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// Whose favourites are meant. Borrows the tenant.
struct FavouriteOwner {
  std::int64_t user_id = 0;
  std::string_view tenant;
};

// An item in a list.
struct Favourite {
  ItemId item;  // may refer to an item that is gone
  Timestamp added_at;
};

// A list of favourites. `tenant` is the catalogue of its items.
struct FavouriteList {
  std::int64_t id = 0;
  std::string tenant;
  std::string name;
  Timestamp created_at;
  std::vector<Favourite> items;  // the latest first
};

// The favourites of users, in named lists. A list of another owner does not exist: kNotFound. Thread-safe;
// calls block. Errors besides those named: as for sql::Database.
class Favourites {
 public:
  static constexpr std::size_t kMaxLists = 50;   // of an owner
  static constexpr std::size_t kMaxItems = 500;  // of a list

  explicit Favourites(sql::Database& database) : database_(database) {}

  // All lists with their items, by id.
  Result<std::vector<FavouriteList>> list(const FavouriteOwner& owner);
  // Those of all tenants.
  Result<std::vector<FavouriteList>> list(std::int64_t user);

  Result<FavouriteList> get(const FavouriteOwner& owner, std::int64_t id);

  // kInvalid naming "name" for a text that is empty, has several lines or more than 200 bytes; kConflict
  // naming "name" for the name of another list; kConflict at kMaxLists.
  Result<FavouriteList> create(const FavouriteOwner& owner, std::string_view name);
  Result<FavouriteList> rename(const FavouriteOwner& owner, std::int64_t id, std::string_view name);
  Result<void> remove(const FavouriteOwner& owner, std::int64_t id);

  // Adds an item, whose existence the caller has checked. Returns false when it is in the list already.
  // kConflict at kMaxItems.
  Result<bool> add(const FavouriteOwner& owner, std::int64_t id, ItemId item);
  // kNotFound for an item that is not in the list.
  Result<void> remove(const FavouriteOwner& owner, std::int64_t id, ItemId item);

 private:
  sql::Database& database_;
};

}  // namespace fit::accounts
