#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "search/listed_names.h"

namespace fit::search {

// Names for tests: brands as joined names, and phrases with the number of items that have them.
class TestNames final : public ListedNames {
 public:
  explicit TestNames(std::vector<std::string> brands = {},
                     std::vector<std::pair<std::string, std::int64_t>> phrases = {})
      : brands_(std::move(brands)), phrases_(std::move(phrases)) {}

  Result<std::vector<std::string>> brands(std::span<const std::string> names) const override {
    std::vector<std::string> known;
    for (const std::string& name : names) {
      if (std::ranges::contains(brands_, name)) known.push_back(name);
    }
    return known;
  }

  Result<std::int64_t> count_phrase(std::string_view words, std::int64_t most) const override {
    for (const auto& [phrase, count] : phrases_) {
      if (phrase == words) return std::min(count, most);
    }
    return 0;
  }

 private:
  std::vector<std::string> brands_;
  std::vector<std::pair<std::string, std::int64_t>> phrases_;
};

}  // namespace fit::search
