#include "style/wardrobe/garment.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/text.h"
#include "ontology/extractor.h"
#include "ontology/merge.h"
#include "style/wardrobe/person_text.h"
#include "text/fold.h"

namespace fit::style {
namespace {

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxSizeBytes = 100;
constexpr std::size_t kMaxNotesBytes = 5'000;
constexpr std::size_t kMaxCareBytes = 1'000;
constexpr std::size_t kMaxTagBytes = 60;
constexpr double kMaxPrice = 1e9;

Result<void> settle_price(GarmentFields& fields) {
  if (fields.price && !(std::isfinite(*fields.price) && *fields.price >= 0 && *fields.price <= kMaxPrice)) {
    return invalid("price", "must be a number from 0 to 1,000,000,000");
  }
  fields.currency = std::string(trim(fields.currency));
  for (char& c : fields.currency) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const bool has_letters = std::ranges::all_of(fields.currency, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!fields.currency.empty() && !(has_letters && fields.currency.size() == 3)) {
    return invalid("currency", "must be an ISO 4217 code of three letters such as EUR");
  }
  if (fields.price && fields.currency.empty()) return invalid("currency", "is missing beside the price");
  return {};
}

Result<void> settle_tags(std::vector<std::string>& tags) {
  std::vector<std::string> kept;
  for (std::string& tag : tags) {
    FIT_CHECK(settle_text("tags", tag, kMaxTagBytes));
    if (tag.contains(';')) return invalid("tags", "must not hold a semicolon");
    if (!tag.empty() && std::ranges::find(kept, tag) == kept.end()) kept.push_back(std::move(tag));
  }
  if (kept.size() > kMaxGarmentTags) {
    return invalid("tags", fit::format("must not be more than {}", kMaxGarmentTags));
  }
  tags = std::move(kept);
  return {};
}

Result<void> settle_property(std::size_t property, std::string& value, const ontology::Ontology& ontology) {
  const std::string_view name = domain::kProperties.at(property);
  const std::string field = fit::format("properties.{}", name);
  FIT_CHECK(settle_text(field, value, kMaxSizeBytes));
  if (value.empty() || value == kNoValue) return {};
  const auto known = ontology.canonical(property, value);
  if (!known) {
    const auto nearest = ontology.nearest(property, value);
    return invalid(field, nearest ? fit::format("is no value of {}; did you mean \"{}\"?", name, *nearest)
                                  : fit::format("is no value of {}", name));
  }
  value = std::string(*known);
  return {};
}

// Whether the text is a day of the calendar, "2026-03-01".
bool is_day(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  if (text.size() != kForm.size()) return false;
  std::array<int, 3> numbers = {};  // year, month, day
  std::size_t at = 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '-') {
      if (text[i] != '-') return false;
      ++at;
    } else if (is_digit(text[i])) {
      numbers.at(at) = numbers.at(at) * 10 + (text[i] - '0');
    } else {
      return false;
    }
  }
  return std::chrono::year_month_day(std::chrono::year(numbers[0]),
                                     std::chrono::month(static_cast<unsigned>(numbers[1])),
                                     std::chrono::day(static_cast<unsigned>(numbers[2])))
      .ok();
}

bool has_text(const GarmentFields& fields, std::string_view wanted) {
  std::string all;
  for (const std::string* text : {&fields.name, &fields.brand, &fields.size, &fields.notes, &fields.care}) {
    all += *text + "\n";
  }
  for (const std::string& tag : fields.tags) all += tag + "\n";
  return text::fold(all).contains(text::fold(trim(wanted)));
}

}  // namespace

std::string_view to_string(GarmentState state) {
  return kGarmentStates.at(static_cast<std::size_t>(state));
}

Result<GarmentState> parse_garment_state(std::string_view text) {
  const auto* const found = std::ranges::find(kGarmentStates, text);
  if (found == kGarmentStates.end()) {
    return invalid("state", "must be ready, in_the_wash, lent or retired");
  }
  return static_cast<GarmentState>(found - kGarmentStates.begin());
}

std::optional<double> Garment::cost_per_wear() const {
  if (!fields.price || wears == 0) return std::nullopt;
  return *fields.price / static_cast<double>(wears);
}

Result<GarmentFields> check_garment(GarmentFields fields, const ontology::Ontology& ontology) {
  FIT_CHECK(settle_text("name", fields.name, kMaxNameBytes));
  FIT_CHECK(settle_text("brand", fields.brand, kMaxNameBytes));
  FIT_CHECK(settle_text("size", fields.size, kMaxSizeBytes));
  FIT_CHECK(settle_text("notes", fields.notes, kMaxNotesBytes, true));
  FIT_CHECK(settle_text("care", fields.care, kMaxCareBytes, true));
  FIT_CHECK(settle_price(fields));
  FIT_CHECK(settle_tags(fields.tags));
  if (!fields.bought_on.empty()) {
    FIT_TRY(fields.bought_on, check_date("bought_on", fields.bought_on));
  }
  for (std::size_t i = 0; i < fields.stated.size(); ++i) {
    FIT_CHECK(settle_property(i, fields.stated.at(i), ontology));
  }
  return fields;
}

Result<std::string> check_date(std::string_view field, std::string_view text) {
  if (!is_day(text)) return invalid(std::string(field), "must be a date such as 2026-03-01");
  return std::string(text);
}

Result<std::string> check_past_date(std::string_view field, std::string_view text, Timestamp time) {
  FIT_TRY(std::string date, check_date(field, text));
  // Somewhere on Earth it is tomorrow already.
  if (date > to_rfc3339(time + std::chrono::hours(14)).substr(0, date.size())) {
    return invalid(std::string(field), "must not be in the future");
  }
  return date;
}

void describe_garment(Garment& garment, const ontology::Ontology& ontology) {
  const domain::Properties& stated = garment.fields.stated;
  domain::Properties given;
  std::vector<ontology::PhotoPrediction> predictions;
  for (std::size_t i = 0; i < stated.size(); ++i) {
    if (stated.at(i) != kNoValue) given.at(i) = stated.at(i);
    if (!garment.seen.at(i).empty()) {
      predictions.push_back({.property = i, .value = garment.seen.at(i), .confidence = 1});
    }
  }
  const GarmentFields& fields = garment.fields;
  const auto said = ontology::Extractor(ontology).extract(
      {.title = fields.name, .description = {}, .tags = fields.tags, .brand = fields.brand});
  auto merged = ontology::merge(ontology, given, said, predictions);
  for (std::size_t i = 0; i < stated.size(); ++i) {
    if (stated.at(i) != kNoValue) continue;
    merged.values.at(i).clear();
    merged.origins.at(i) = {.origin = domain::Origin::kSeller, .confidence = 1};
  }
  garment.properties = std::move(merged.values);
  garment.origins = merged.origins;
  const OutfitCategory* const piece = outfit_category_of(garment.properties, ontology);
  garment.slot = piece == nullptr ? std::nullopt : std::optional(piece->slot);
}

bool matches(const Garment& garment, const GarmentFilter& filter) {
  const domain::Properties& properties = garment.properties;
  if (filter.slot && garment.slot != filter.slot) return false;
  if (!filter.category.empty() && properties[domain::kCategory] != filter.category) return false;
  if (!filter.color.empty() && properties[domain::kPrimaryColor] != filter.color &&
      properties[domain::kSecondaryColor] != filter.color) {
    return false;
  }
  if (filter.state && garment.fields.state != *filter.state) return false;
  if (filter.never_worn && garment.wears > 0) return false;
  return filter.text.empty() || has_text(garment.fields, filter.text);
}

}  // namespace fit::style
