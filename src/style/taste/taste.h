#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "style/taste/taste_history.h"
#include "style/taste/taste_memory.h"

namespace fit::style {

// How well an item suits a taste.
struct TasteScore {
  double score = 0.5;  // above 0 and below 1; 0.5: the taste says nothing; more is better

  // What an attribute, the price or the vectors of a space add to the logit of the score; above 0: liked.
  struct Part {
    std::string name;  // "vector:SPACE", a property's name, "brand", "size" or "price"
    double logit = 0;
  };
  std::vector<Part> parts = {};  // those that are not 0
};

// What a person thinks of a value of an attribute.
struct ValuePreference {
  std::string attribute;  // a property's name, "brand" or "size"
  std::string value;
  double liked = 0;  // the weight of liked items with it; that of a like fades from 1
  double disliked = 0;
  double share = 0;        // of the liked items, those with the value: the mean of a Beta posterior
  double usual_share = 0;  // in the catalogue
};

// The prices that a person likes: four of five lie in the band.
struct PriceRange {
  std::string currency;
  double low = 0;  // in major units
  double high = 0;
};

// What a person likes: long-term and short-term memories of the feedback, and how much each counts. A value
// that never changes and is cheap to copy. Thread-safe. TasteLearner and learn_taste() make it.
class Taste {
 public:
  Taste() = default;  // nothing is known
  struct Memories {
    std::shared_ptr<const TasteBackground> background;
    TasteMemory long_term;
    TasteMemory short_term;
    TasteMix mix;
  };
  explicit Taste(Memories memories) : memories_(std::make_shared<const Memories>(std::move(memories))) {}

  // How much there is to go by, from 0 to 1. It grows with the feedback, and falls with its age and where the
  // feedback contradicts itself. 0: nothing is known, and all items have the score 0.5.
  double confidence() const;

  // `item` is prepared by the background that the taste was learned against. Its logit is the sum of the
  // parts, which are the means of the memories by how much each counts.
  TasteScore score(const PreparedItem& item) const;
  TasteScore score(const TasteItem& item) const;

  // The values that the feedback shows, by attribute, the most liked first.
  std::vector<ValuePreference> preferences() const;
  // The bands by currency, of the currencies with at least three likes.
  std::vector<PriceRange> prices() const;
  // What is liked in a space, long-term and short-term, the heaviest first. Directions are about the
  // catalogue's mean.
  std::vector<TasteCentre> centres(std::size_t space) const;

  // The background that the taste was learned against; null: nothing is known.
  const TasteBackground* background() const {
    return memories_ == nullptr ? nullptr : memories_->background.get();
  }

 private:
  std::shared_ptr<const Memories> memories_;
};

}  // namespace fit::style
