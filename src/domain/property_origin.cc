#include "domain/property_origin.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/format.h"

namespace fit::domain {
namespace {

constexpr std::array kGuesses = {Origin::kText, Origin::kPhoto, Origin::kDerived};

// Reads "material=text:0.81" into its place.
void decode_one(std::string_view word, PropertyOrigins& origins) {
  const std::size_t equals = word.find('=');
  const std::size_t colon = word.find(':');
  if (equals == std::string_view::npos || colon == std::string_view::npos || colon < equals) return;
  const auto property = property_index(word.substr(0, equals));
  const std::string_view name = word.substr(equals + 1, colon - equals - 1);
  const std::string_view number = word.substr(colon + 1);
  float confidence = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), confidence);
  const bool is_number = read.ec == std::errc() && read.ptr == number.data() + number.size();
  if (!property || !is_number || !(confidence >= 0 && confidence <= 1)) return;
  for (const Origin origin : kGuesses) {
    if (origin_name(origin) == name) origins[*property] = {origin, confidence};
  }
}

}  // namespace

std::string_view origin_name(Origin origin) {
  switch (origin) {
    case Origin::kNone:
      return "none";
    case Origin::kSeller:
      return "seller";
    case Origin::kText:
      return "text";
    case Origin::kPhoto:
      return "photo";
    case Origin::kDerived:
      return "derived";
  }
  return "none";
}

PropertyOrigins settled(const Properties& values, PropertyOrigins origins) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) {
      origins[i] = {};
    } else if (origins[i].origin == Origin::kNone || origins[i].origin == Origin::kSeller) {
      origins[i] = {Origin::kSeller, 1};
    }
  }
  return origins;
}

std::string encode_origins(const PropertyOrigins& origins) {
  std::string text;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto& [origin, confidence] = origins[i];
    if (origin == Origin::kNone || origin == Origin::kSeller) continue;
    text +=
        fit::format("{}{}={}:{}", text.empty() ? "" : " ", kProperties[i], origin_name(origin), confidence);
  }
  return text;
}

PropertyOrigins decode_origins(std::string_view text) {
  PropertyOrigins origins;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    decode_one(text.substr(0, end), origins);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return origins;
}

}  // namespace fit::domain
