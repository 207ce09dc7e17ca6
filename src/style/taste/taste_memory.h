#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "style/taste/taste_background.h"
#include "style/taste/taste_centres.h"
#include "style/taste/taste_options.h"

namespace fit::style {

// What each space and attribute adds to the logit that a person likes an item.
struct TasteLogit {
  std::vector<double> spaces;
  std::array<double, kAttributeCount> attributes{};
  double price = 0;

  double sum() const;
};

// What a person has liked and not liked, fading with one half-life: centres in each space, the weights of
// values, prices. Borrows the background. Not thread-safe.
class TasteMemory {
 public:
  explicit TasteMemory(const TasteBackground& background);

  // Multiplies all weights, by 0 to 1.
  void fade(double factor);
  // A weight above 0: the item is liked; below 0: it is not.
  void add(const PreparedItem& item, double weight);

  TasteLogit logit(const PreparedItem& item) const;

  // The weights of liked and of other items that have a value of an attribute.
  struct ValueWeight {
    double liked = 0;
    double disliked = 0;
  };
  const std::map<std::string, ValueWeight>& values(std::size_t attribute) const {
    return attributes_.at(attribute).values;
  }
  // The share of liked items that have the value: the mean of a Beta posterior whose prior is the catalogue's
  // share with a weight of TasteOptions::value_prior.
  double liked_share(std::size_t attribute, const std::string& value) const;

  const TasteCentres& liked_centres(std::size_t space) const { return spaces_.at(space).liked; }

  // The normal distribution of the logarithm of liked prices, about the catalogue's mean in its deviations.
  struct PriceBand {
    double mean = 0;
    double deviation = 1;
    double weight = 0;  // of the liked items with a price
  };
  PriceBand price_band(const std::string& currency) const;
  std::vector<std::string> currencies() const;

  double weight() const { return weight_; }  // of all that was added, faded

 private:
  struct Space {
    TasteCentres liked;
    TasteCentres disliked;
  };
  struct Attribute {
    std::map<std::string, ValueWeight> values;
    ValueWeight total;
  };
  struct PriceSums {
    double weight = 0;
    double sum = 0;
    double squares = 0;
  };
  double value_logit(std::size_t attribute, const std::string& value) const;

  const TasteBackground& background_;
  const TasteOptions& options_;
  std::vector<Space> spaces_;
  std::array<Attribute, kAttributeCount> attributes_;
  std::map<std::string, PriceSums> prices_;  // by currency
  double weight_ = 0;
};

}  // namespace fit::style
