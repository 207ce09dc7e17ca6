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

Result<ItemId> item_id_of(const std::string& field, const Json& value) {
  if (!value.is_string() && !value.is_number_integer()) return invalid(field, "must be the id of an item");
  FIT_TRY(const std::int64_t id,
          parse_id(field, value.is_string() ? value.get<std::string>() : value.dump()));
  return ItemId{id};
}

Result<std::vector<ItemId>> item_ids_of(const std::string& field, const Json* list, std::size_t most) {
  std::vector<ItemId> ids;
  if (list == nullptr) return ids;
  if (!list->is_array()) return invalid(field, "must be a list of ids of items");
  if (list->size() > most) return invalid(field, fit::format("must have at most {} items", most));
  for (const Json& value : *list) {
    FIT_TRY(const ItemId id, item_id_of(field, value));
    if (!std::ranges::contains(ids, id)) ids.push_back(id);
  }
  return ids;
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

// The item or the photo that outfits are around.
Result<void> read_around(const Json& around, std::size_t max_image_bytes, RecommendOrder& order) {
  if (!around.is_object()) {
    FIT_TRY(order.around, item_id_of("around", around));
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
  if (reader.find("from") != nullptr) reader.choice("from", {"catalogue"});
  if (reader.find("count") != nullptr) {
    order.count =
        static_cast<std::size_t>(reader.integer("count", 1, static_cast<std::int64_t>(kMaxOutfits)));
  }
  if (reader.find("seed") != nullptr) {
    order.seed = static_cast<std::uint64_t>(reader.integer("seed", 0, kMaxSeed));
  }
  if (reader.find("explain") != nullptr) order.explain = reader.flag("explain");
  FIT_CHECK(reader.finish());
  FIT_TRY(order.lock, item_ids_of("lock", lock, kMaxLockedPieces));
  FIT_TRY(order.exclude, item_ids_of("exclude", exclude, kMaxExcludedItems));
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
