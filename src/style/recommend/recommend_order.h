#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "ontology/ontology.h"
#include "search/filter.h"
#include "style/personal/personal_tastes.h"
#include "style/wardrobe/garment.h"
#include "style/weather/weather.h"

namespace fit::style {

inline constexpr std::size_t kMaxOutfits = 10;
inline constexpr std::size_t kMaxLockedPieces = 6;
inline constexpr std::size_t kMaxExcludedPieces = 40;
inline constexpr std::size_t kGapListings = 12;

// Where the pieces of outfits come from.
enum class OutfitSource : std::uint8_t { kCatalogue, kWardrobe, kBoth };

// Which outfits somebody wants.
struct RecommendOrder {
  std::optional<ItemId> around = {};             // an item that is in every outfit
  std::optional<GarmentId> around_garment = {};  // or a garment of the user
  Bytes photo = {};                              // or an image file of a garment; empty: none
  std::vector<ItemId> lock = {};                 // further items that are in every outfit
  std::vector<GarmentId> lock_garments = {};
  std::vector<ItemId> exclude = {};  // items that are in none
  std::vector<GarmentId> exclude_garments = {};
  OutfitSource from = OutfitSource::kCatalogue;
  std::int64_t user = 0;      // whose garments and saved outfits they are; 0: there are none
  std::string occasion = {};  // a value of the ontology; empty: any
  std::string season = {};    // a value of the ontology; empty: any
  std::optional<Weather> weather = {};
  std::optional<WeatherPlace> weather_place = {};  // whose weather the caller looks up for `weather`
  // Whether the taste of the person counts; nullopt: as far as the caller may have one.
  std::optional<bool> taste = {};
  std::shared_ptr<const KnownTaste> known = {};  // what is known of the person; null: nothing counts
  std::size_t count = 3;                         // 1 to kMaxOutfits
  std::optional<std::uint64_t> seed = {};        // draws the candidates; nullopt: the best ones
  bool explain = false;                          // show the parts of scores
  search::Filter filter = {};                    // as in search::Query, for listings that are not locked
  search::Filter required = {};                  // as in search::Query
  std::size_t gap_listings = kGapListings;       // for each empty slot
  std::stop_token stop = {};                     // ends the work early
};

// Whether the order is about the garments of a user.
bool needs_wardrobe(const RecommendOrder& order);

// Reads the body of POST /api/v1/recommend: {"around", "lock", "exclude", "occasion", "season", "weather",
// "taste", "from", "count", "seed", "filters", "explain"}; the user, what is known of the person and the
// weather of a place are left out. `time` bounds the days of a weather. kInvalid naming the member for an
// unknown one, a wrong type, an occasion or a season that the ontology does not know, an impossible weather,
// and more pieces than the limits above; kMalformed or kTooLarge for the photo; the errors of
// search::parse_filter().
Result<RecommendOrder> parse_recommend_order(const Json& body, const ontology::Ontology& ontology,
                                             std::size_t max_image_bytes, Timestamp time);

}  // namespace fit::style
