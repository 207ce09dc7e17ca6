#include "alerts/listing_words.h"

#include <algorithm>

#include "text/analyzer.h"

namespace fit::alerts {
namespace {

constexpr std::uint32_t kFieldGap = 1;  // texts of two fields are not adjacent
constexpr std::uint32_t kMaxPlaces = 20'000;

}  // namespace

ListingWords::ListingWords(const domain::Listing& listing) {
  std::uint32_t next = kFieldGap;
  const auto add = [&](std::string_view text, text::Field field) {
    text::visit_tokens(text, field, [&](const text::IndexToken& token) {
      const std::uint32_t place = token.is_beside ? next - 1 : next++;
      places_[std::string(token.text)].push_back(place);
      return next < kMaxPlaces;
    });
    next += kFieldGap;
  };
  add(listing.title, text::Field::kTitle);
  add(listing.brand, text::Field::kBrand);
  names_end_ = next;
  add(listing.size, text::Field::kSize);
  add(listing.description, text::Field::kDescription);
}

bool ListingWords::has(std::string_view form, bool in_names_only) const {
  std::vector<const std::vector<std::uint32_t>*> tokens;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t end = std::min(form.find(' ', at), form.size());
    if (end > at) {
      const auto found = places_.find(std::string(form.substr(at, end - at)));
      if (found == places_.end()) return false;
      tokens.push_back(&found->second);
    }
    at = end + 1;
  }
  if (tokens.empty()) return false;
  return std::ranges::any_of(*tokens[0], [&](std::uint32_t first) {
    if (in_names_only && first >= names_end_) return false;
    for (std::uint32_t i = 1; i < tokens.size(); ++i) {
      if (!std::ranges::binary_search(*tokens[i], first + i)) return false;
    }
    return true;
  });
}

bool ListingWords::has_any(const std::vector<std::string>& forms) const {
  return std::ranges::any_of(forms, [this](const std::string& form) { return has(form); });
}

bool ListingWords::is_denied(const domain::DeniedWord& word) const {
  const bool has_word =
      std::ranges::any_of(word.forms, [&](const std::string& form) { return has(form, word.in_names_only); });
  return has_word && !has_any(word.unless);
}

}  // namespace fit::alerts
