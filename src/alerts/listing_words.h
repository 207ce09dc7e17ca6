#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/item_filter.h"
#include "domain/records.h"

namespace fit::alerts {

// The words of one listing with their places, as the full-text index has them (text/analyzer.h). Thread-safe.
class ListingWords {
 public:
  explicit ListingWords(const domain::Listing& listing);

  // Whether the listing has a form: tokens of the index, separated by blanks, that are adjacent.
  bool has(std::string_view form) const { return has(form, false); }
  // Whether it has one of the forms.
  bool has_any(const std::vector<std::string>& forms) const;
  // Whether the condition excludes the listing.
  bool is_denied(const domain::DeniedWord& word) const;

  // Calls a function for each token, once.
  template <class Visit>
  void visit(const Visit& visit) const {
    for (const auto& [token, places] : places_) visit(token);
  }

 private:
  bool has(std::string_view form, bool in_names_only) const;

  std::unordered_map<std::string, std::vector<std::uint32_t>> places_;  // of each token, ascending
  std::uint32_t names_end_ = 0;  // the places before it are those of the title and the brand
};

}  // namespace fit::alerts
