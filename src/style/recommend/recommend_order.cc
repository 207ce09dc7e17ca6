#include "style/recommend/recommend_order.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "domain/properties.h"

namespace fit::style {
namespace {

// No place on Earth has had weather beyond them.
constexpr double kColdest = -90;
constexpr double kHottest = 60;
constexpr std::int64_t kMaxSeed = 9'007'199'254'740'991;  // which every JSON reader knows exactly
constexpr std::size_t kShownWord = 100;                   // bytes of a client's word in a message

Result<std::int64_t> id_of(const std::string& field, const Json& value) {
  if (!value.is_string() && !value.is_number_integer()) {
    return invalid(field, R"(must be the id of an item, or {"garment": ID})");
  }
  return parse_id(field, value.is_string() ? value.get<std::string>() : value.dump());
}

bool names_garment(const Json& value) {
  return value.is_object() && value.size() == 1 && value.contains("garment");
}

// Reads pieces: an id is that of an item, {"garment": ID} that of a garment.
Result<void> read_pieces(const std::string& field, const Json* list, std::size_t most,
                         std::vector<ItemId>& items, std::vector<GarmentId>& garments) {
  if (list == nullptr) return {};
  if (!list->is_array()) return invalid(field, "must be a list of items and garments");
  if (list->size() > most) return invalid(field, fit::format("must have at most {} pieces", most));
  for (const Json& value : *list) {
    if (names_garment(value)) {
      FIT_TRY(const std::int64_t id, id_of(field, value.at("garment")));
      if (!std::ranges::contains(garments, GarmentId{id})) garments.push_back(GarmentId{id});
    } else {
      FIT_TRY(const std::int64_t id, id_of(field, value));
      if (!std::ranges::contains(items, ItemId{id})) items.push_back(ItemId{id});
    }
  }
  return {};
}

Result<std::string> value_of(const std::string& field, std::size_t property, const std::string& word,
                             const ontology::Ontology& ontology) {
  if (word.empty()) return std::string();
  if (const auto value = ontology.canonical(property, word)) return std::string(*value);
  std::string known;
  for (const std::string& value : ontology.values(property)) {
    known += (known.empty() ? "" : ", ") + value;
  }
  return invalid(field,
                 fit::format("\"{}\" is not known; known are {}", utf8_prefix(word, kShownWord), known));
}

Weather read_weather(JsonReader& reader) {
  Weather weather;
  const Json* const temperature = reader.find("temperature_c");
  const Json* const rain = reader.find("rain");
  if (temperature == nullptr && rain == nullptr) reader.fail("", "must have temperature_c, rain or both");
  if (temperature != nullptr) {
    const double degrees = temperature->is_number() ? temperature->get<double>() : kHottest + 1;
    if (!(degrees >= kColdest && degrees <= kHottest)) {
      reader.fail("temperature_c", fit::format("must be a number from {} to {}", kColdest, kHottest));
    }
    weather.temperature_c = degrees;
  }
  if (rain != nullptr) weather.rain = reader.flag("rain");
  reader.reject_unknown_keys();
  return weather;
}

// The item, the garment or the photo that outfits are around.
Result<void> read_around(const Json& around, std::size_t max_image_bytes, RecommendOrder& order) {
  if (names_garment(around)) {
    FIT_TRY(const std::int64_t id, id_of("around.garment", around.at("garment")));
    order.around_garment = GarmentId{id};
    return {};
  }
  if (!around.is_object()) {
    FIT_TRY(const std::int64_t id, id_of("around", around));
    order.around = ItemId{id};
    return {};
  }
  JsonReader reader(around, "around");
  const std::string base64 = reader.text("image_base64");
  FIT_CHECK(reader.finish());
  FIT_TRY(order.photo, decode_base64("around.image_base64", base64, max_image_bytes));
  if (order.photo.empty()) return malformed("around.image_base64", "is empty");
  return {};
}

}  // namespace

bool needs_wardrobe(const RecommendOrder& order) {
  return order.from != OutfitSource::kCatalogue || order.around_garment || !order.lock_garments.empty() ||
         !order.exclude_garments.empty();
}

Result<RecommendOrder> parse_recommend_order(const Json& body, const ontology::Ontology& ontology,
                                             std::size_t max_image_bytes) {
  RecommendOrder order;
  JsonReader reader(body);
  const Json* const around = reader.find("around");
  const Json* const lock = reader.find("lock");
  const Json* const exclude = reader.find("exclude");
  const Json* const filters = reader.find("filters");
  const std::string occasion = reader.optional_text("occasion");
  const std::string season = reader.optional_text("season");
  if (auto weather = reader.optional_object("weather")) order.weather = read_weather(*weather);
  if (reader.find("from") != nullptr) {
    order.from = static_cast<OutfitSource>(reader.choice("from", {"catalogue", "wardrobe", "both"}));
  }
  if (reader.find("count") != nullptr) {
    order.count =
        static_cast<std::size_t>(reader.integer("count", 1, static_cast<std::int64_t>(kMaxOutfits)));
  }
  if (reader.find("seed") != nullptr) {
    order.seed = static_cast<std::uint64_t>(reader.integer("seed", 0, kMaxSeed));
  }
  if (reader.find("explain") != nullptr) order.explain = reader.flag("explain");
  FIT_CHECK(reader.finish());
  FIT_CHECK(read_pieces("lock", lock, kMaxLockedPieces, order.lock, order.lock_garments));
  FIT_CHECK(read_pieces("exclude", exclude, kMaxExcludedPieces, order.exclude, order.exclude_garments));
  FIT_TRY(order.occasion, value_of("occasion", domain::kOccasion, occasion, ontology));
  FIT_TRY(order.season, value_of("season", domain::kSeason, season, ontology));
  if (around != nullptr) FIT_CHECK(read_around(*around, max_image_bytes, order));
  if (filters != nullptr) {
    if (!filters->is_object()) return invalid("filters", "must be an object");
    FIT_TRY(order.filter, search::parse_filter(*filters));
  }
  return order;
}

}  // namespace fit::style
