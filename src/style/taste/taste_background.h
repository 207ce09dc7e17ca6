#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "style/taste/taste_options.h"

namespace fit::style {

// How the items of a catalogue are spread, learned from a sample of them: what a taste differs from. In most
// spaces all vectors lie in a narrow cone, so that only their differences from the mean tell items apart.
// Immutable and thread-safe.
class TasteBackground {
 public:
  // The least number of vectors that make a space known, and of prices that make a currency known.
  static constexpr std::size_t kMinSample = 10;

  // `spaces` names the vector spaces in the order of TasteItem::vectors. A sample of a thousand items drawn
  // at random suffices. Vectors that are not finite, or of another size than the first one, count as missing.
  TasteBackground(std::vector<std::string> spaces, std::span<const TasteItem> sample,
                  const TasteOptions& options = {});

  // The constants of the tastes that are learned against it.
  const TasteOptions& options() const { return options_; }

  const std::vector<std::string>& spaces() const { return names_; }
  // The deviation of the cosines of two items' vectors about the mean; 0: the space is not known.
  double deviation(std::size_t space) const { return spaces_.at(space).deviation; }

  // The share of the items that have the value, of those that have any; above 0 and below 1.
  double share(std::size_t attribute, const std::string& value) const;

  struct Prices {
    double mean = 0;       // of the natural logarithm of prices
    double deviation = 0;  // above 0
  };
  // nullopt: the sample has too few prices in the currency.
  std::optional<Prices> prices(const std::string& currency) const;

  PreparedItem prepare(const TasteItem& item) const;

 private:
  struct Space {
    std::vector<float> mean;  // empty: the space is not known
    double deviation = 0;
  };
  struct Counts {
    std::unordered_map<std::string, std::int64_t> by_value;
    std::int64_t total = 0;
  };
  static Space learn_space(std::size_t space, std::span<const TasteItem> sample);
  void learn_prices(std::span<const TasteItem> sample);

  TasteOptions options_;
  std::vector<std::string> names_;
  std::vector<Space> spaces_;
  std::array<Counts, kAttributeCount> counts_;
  std::map<std::string, Prices> prices_;
};

// The cosine of two vectors of L2 norm 1.
float taste_cosine(std::span<const float> a, std::span<const float> b);

}  // namespace fit::style
