#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "style/outfits/outfit_id.h"
#include "style/saved/saved_outfit.h"

namespace fit::style {

// Which outfits of a user are listed. Days are from check_date(); an empty one is no limit, and with either
// only outfits are listed that are planned for a day between them.
struct SavedOutfitQuery {
  std::string from = {};
  std::string to = {};
  std::int64_t before = 0;  // only smaller ids; 0: all
  std::size_t limit = 50;
};

// The outfits that a catalogue's users have saved. Somebody else's outfit does not exist for a user. The
// changes of one user's outfits and wardrobe follow one another, and WardrobeStore::remove_all() removes the
// outfits too. Thread-safe; calls block. Errors besides those named: as for sql::Database. Borrows the
// database; copies are cheap.
class SavedOutfitStore {
 public:
  static constexpr std::size_t kMaxOutfits = 2'000;  // of a user
  static constexpr std::size_t kMaxWears = 2'000;    // days of an outfit

  explicit SavedOutfitStore(sql::Database& database) : database_(&database) {}

  // `fields` are from check_saved_outfit(). kInvalid naming "outfits" beyond kMaxOutfits.
  Result<SavedOutfit> add(std::int64_t user, const SavedOutfitFields& fields, Timestamp time);

  // kNotFound.
  Result<SavedOutfit> get(std::int64_t user, SavedOutfitId id);
  // The latest first.
  Result<std::vector<SavedOutfit>> list(std::int64_t user, const SavedOutfitQuery& query);
  // In the order in which they were added.
  Result<std::vector<SavedOutfit>> all(std::int64_t user);
  // The pieces of those of the outfits, by their ids, that the user has, in no particular order.
  Result<std::vector<std::vector<OutfitPieceId>>> pieces(std::int64_t user,
                                                         std::span<const std::int64_t> outfits);

  // Replaces what is said about an outfit by what `make` makes of it, which is called in the transaction.
  // kNotFound; the errors of `make`.
  using Change = std::function<Result<SavedOutfitFields>(const SavedOutfit& outfit)>;
  Result<SavedOutfit> change(std::int64_t user, SavedOutfitId id, const Change& make, Timestamp time);

  // Removes an outfit, and what the user has said about it and its pieces. kNotFound.
  Result<void> remove(std::int64_t user, SavedOutfitId id);

  // Notes that an outfit was worn on a day (check_past_date()), and so was each of its garments that exists;
  // each once. Returns whether that is new for the outfit. kNotFound; kInvalid naming "date" beyond
  // kMaxWears.
  Result<bool> wear(std::int64_t user, SavedOutfitId id, std::string_view date);
  // The garments keep the day: they may have been worn all the same. kNotFound also where the outfit was not
  // worn on that day.
  Result<void> undo_wear(std::int64_t user, SavedOutfitId id, std::string_view date);

  // Shares an outfit by a token, unless it is shared already, and returns whether it was not. kNotFound.
  Result<bool> share(std::int64_t user, SavedOutfitId id, std::string_view token);
  // Ends the sharing; does nothing to an outfit that is not shared. kNotFound.
  Result<void> unshare(std::int64_t user, SavedOutfitId id);
  // The outfit that is shared by a token. kNotFound.
  Result<SavedOutfit> shared(std::string_view token);

 private:
  sql::Database* database_;
};

}  // namespace fit::style
