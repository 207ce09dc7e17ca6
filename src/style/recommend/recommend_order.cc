#include "style/recommend/recommend_order.h"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <utility>

#include "base/base64.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "domain/properties.h"

namespace fit::style {
namespace {

constexpr std::int64_t kMaxSeed = 9'007'199'254'740'991;  // which every JSON reader knows exactly
constexpr std::size_t kShownWord = 100;                   // bytes of a client's word in a message
constexpr std::size_t kMaxPlaceBytes = 200;
constexpr int kDaysAhead = 14;  // of a weather; forecasts end two days later, which is another day elsewhere

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

double read_number(JsonReader& reader, const std::string& key, double least, double most) {
  const Json* const value = reader.require(key);
  const double number = value != nullptr && value->is_number() ? value->get<double>() : most + 1;
  if (value != nullptr && !(number >= least && number <= most)) {
    reader.fail(key, fit::format("must be a number from {} to {}", least, most));
  }
  return number;
}

bool is_place_name(std::string_view name) {
  return name.size() <= kMaxPlaceBytes && !trim(name).empty() && std::ranges::none_of(name, [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

// The day is from yesterday to kDaysAhead days from now, in UTC.
void check_day(JsonReader& reader, const std::string& date, Timestamp time) {
  const auto day = check_date("date", date);
  const auto today = std::chrono::floor<std::chrono::days>(time);
  const auto text_of = [](std::chrono::sys_days of) {
    const std::chrono::year_month_day parts(of);
    return fit::format("{:04}-{:02}-{:02}", int(parts.year()), unsigned(parts.month()),
                       unsigned(parts.day()));
  };
  const std::string first = text_of(today - std::chrono::days(1));
  const std::string last = text_of(today + std::chrono::days(kDaysAhead));
  if (!day || *day < first || *day > last) {
    reader.fail("date", fit::format("must be a day from {} to {}", first, last));
  }
}

// Reports members that others exclude. Those that are null count as missing.
void refuse_members(JsonReader& reader, std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (reader.find(name) != nullptr) reader.fail(name, "cannot stand beside the other members");
  }
}

WeatherPlace read_weather_place(JsonReader& reader, Timestamp time) {
  WeatherPlace place;
  if (reader.find("place") != nullptr) {
    place.name = reader.text("place");
    if (!is_place_name(place.name)) {
      reader.fail("place", fit::format("must be the name of a place, of at most {} bytes", kMaxPlaceBytes));
    }
    place.name = std::string(trim(place.name));
    refuse_members(reader, {"latitude", "longitude"});
  } else {
    place.latitude = read_number(reader, "latitude", -90, 90);
    place.longitude = read_number(reader, "longitude", -180, 180);
  }
  place.date = reader.optional_text("date");
  if (!place.date.empty()) check_day(reader, place.date, time);
  refuse_members(reader, {"temperature_c", "rain"});
  reader.reject_unknown_keys();
  return place;
}

Weather read_given_weather(JsonReader& reader) {
  Weather weather;
  const bool has_degrees = reader.find("temperature_c") != nullptr;
  const bool has_rain = reader.find("rain") != nullptr;
  if (!has_degrees && !has_rain) {
    reader.fail("", "must have temperature_c, rain or both, or a place, or latitude and longitude");
  }
  if (has_degrees) {
    weather.temperature_c = read_number(reader, "temperature_c", kColdestWeather, kHottestWeather);
  }
  if (has_rain) weather.rain = reader.flag("rain");
  refuse_members(reader, {"date"});
  reader.reject_unknown_keys();
  return weather;
}

// Reads a weather, or the place and the day that it is of.
void read_weather(JsonReader& reader, Timestamp time, RecommendOrder& order) {
  const bool has_place = reader.find("place") != nullptr || reader.find("latitude") != nullptr ||
                         reader.find("longitude") != nullptr;
  if (has_place) {
    order.weather_place = read_weather_place(reader, time);
  } else {
    order.weather = read_given_weather(reader);
  }
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
                                             std::size_t max_image_bytes, Timestamp time) {
  RecommendOrder order;
  JsonReader reader(body);
  const Json* const around = reader.find("around");
  const Json* const lock = reader.find("lock");
  const Json* const exclude = reader.find("exclude");
  const Json* const filters = reader.find("filters");
  const std::string occasion = reader.optional_text("occasion");
  const std::string season = reader.optional_text("season");
  if (auto weather = reader.optional_object("weather")) read_weather(*weather, time, order);
  if (reader.find("taste") != nullptr) order.taste = reader.flag("taste");
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
