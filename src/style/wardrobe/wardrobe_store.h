#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ontology/ontology.h"
#include "sql/database.h"
#include "style/wardrobe/garment.h"
#include "style/wardrobe/garment_csv.h"

namespace fit::style {

// The garments of a catalogue's users. Somebody else's garment does not exist for a user. The changes of one
// wardrobe follow one another. Photos are assets, whose table is read and never written: whoever calls
// removes the assets that are returned as unused. Thread-safe; calls block. Errors besides those named: as
// for sql::Database. Borrows both parts; copies are cheap.
class WardrobeStore {
 public:
  static constexpr std::size_t kMaxGarments = 5'000;  // of a user

  WardrobeStore(sql::Database& database, const ontology::Ontology& ontology)
      : database_(&database), ontology_(&ontology) {}

  // `draft.fields` are from check_garment(). kInvalid naming "wardrobe" beyond kMaxGarments, "asset_ids"
  // beyond kMaxGarmentPhotos.
  Result<Garment> add(std::int64_t user, const GarmentDraft& draft, Timestamp time);

  // Returns a garment with its worn_on. kNotFound.
  Result<Garment> get(std::int64_t user, GarmentId id);

  // The garments with smaller ids than `before` (0: all) that match, the latest first, without their worn_on.
  Result<std::vector<Garment>> list(std::int64_t user, const GarmentFilter& filter, std::int64_t before,
                                    std::size_t limit);
  // All garments with their worn_on, in the order in which they were added.
  Result<std::vector<Garment>> all(std::int64_t user);
  // The vectors, in a space, of the first photos that have one, of garments that list() or all() has
  // returned.
  using GarmentVectors = std::unordered_map<GarmentId, std::vector<float>>;
  Result<GarmentVectors> vectors(std::span<const GarmentId> garments, std::int64_t space_id);

  // The garments with these ids that exist, in no particular order, without their worn_on.
  Result<std::vector<Garment>> some(std::int64_t user, std::span<const std::int64_t> ids);

  // Assets that came with garments and that no garment has any more.
  using UnusedAssets = std::vector<std::int64_t>;

  struct Changed {
    Garment garment;
    UnusedAssets unused;
  };
  // Replaces a garment by what `make` makes of it, which is called in the transaction. Photos that came with
  // any garment keep their is_sent. kNotFound; the errors of `make`; kInvalid naming "asset_ids" beyond
  // kMaxGarmentPhotos.
  using Change = std::function<Result<GarmentDraft>(const Garment& garment)>;
  Result<Changed> change(std::int64_t user, GarmentId id, const Change& make, Timestamp time);

  // Removes a garment, and what the user has said about it. kNotFound.
  Result<UnusedAssets> remove(std::int64_t user, GarmentId id);
  Result<UnusedAssets> remove_all(std::int64_t user);

  // Notes that a garment was worn on a day (check_past_date()), once, and returns whether that is new.
  // kNotFound.
  Result<bool> wear(std::int64_t user, GarmentId id, std::string_view date);
  // kNotFound also where it was not worn on that day.
  Result<void> undo_wear(std::int64_t user, GarmentId id, std::string_view date);

  // Notes the listing that was made of a garment. kNotFound.
  Result<void> set_item(std::int64_t user, GarmentId id, ItemId item);

  struct Imported {
    std::int64_t created = 0;
    std::int64_t updated = 0;
    UnusedAssets unused = {};
  };
  // Stores all rows or none: a row with the id of one of the user's garments replaces it with its photos and
  // days, another one is added. kInvalid naming "wardrobe" beyond kMaxGarments.
  Result<Imported> import(std::int64_t user, std::span<const GarmentRow> rows, Timestamp time);

  // What becomes of photos that garments of the user have already.
  enum class KnownPhotos : std::uint8_t { kLeftOut, kTaken };
  struct AddedPhotos {
    GarmentId garment = {};  // that was added, or that has the first photo already
    bool is_new = false;
  };
  // Adds all drafts, which have photos, or none, and returns one result for each, in order. With kLeftOut a
  // photo with the same bytes as one of a garment is left out, also one of a draft before it, and no garment
  // is made of a draft without others. Errors as for add().
  Result<std::vector<AddedPhotos>> add_photos(std::int64_t user, std::span<const GarmentDraft> drafts,
                                              KnownPhotos known_photos, Timestamp time);

  // Begins a change in the transaction of another store: other changes of the user's wardrobe wait until the
  // transaction ends.
  static Result<void> begin_change(sql::SqlConnection& connection, std::int64_t user);
  // wear() in such a transaction. False also where there is no such garment.
  static Result<bool> note_wear(sql::SqlConnection& connection, std::int64_t user, GarmentId id,
                                std::string_view date);

  // Who chooses assets as photos.
  struct PhotoChooser {
    std::int64_t user = 0;
    std::string_view principal;  // as the owner of an asset
    bool sees_assets = false;    // of everybody
  };
  // Returns those of the assets that may be photos of the user's garments: those that garments of the user
  // have, those that the user has sent, and, for a user who sees all, those that came with no garment of
  // others. Videos may not, nor may assets that have failed and that no garment of the user has.
  Result<std::set<std::int64_t>> usable_photos(const PhotoChooser& chooser,
                                               std::span<const std::int64_t> assets);
  // The users who have, or had, a wardrobe; not those of remove_all().
  Result<std::vector<std::int64_t>> users();

 private:
  sql::Database* database_;
  const ontology::Ontology* ontology_;
};

}  // namespace fit::style
