#pragma once

#include <array>
#include <chrono>

#include "style/taste/taste_item.h"

namespace fit::style {

// The constants of tastes. docs/style.md says how they were chosen.
struct TasteOptions {
  // After so many further targets, and after so much time, feedback counts half.
  double long_half_life_taps = 60;
  double short_half_life_taps = 8;
  std::chrono::hours long_half_life = std::chrono::days(90);
  std::chrono::hours short_half_life = std::chrono::days(2);

  double max_of_target = 2;         // how much all feedback about one target counts at most; a like counts 1
  std::size_t max_targets = 1'000;  // the latest are read

  // Centres: an item whose cosine to every centre is lower begins another one.
  double same_centre = 0.3;
  std::size_t max_centres = 4;  // of a space, for what is liked, and for what is not
  double centre_prior = 2.5;    // a centre of this weight counts half

  double vector_weight = 0.3;    // of the cosines to the centres, in deviations of the catalogue
  double disliked_vector = 0.6;  // of what is not liked, relative to what is liked
  double value_prior = 2;        // the weight of the catalogue's shares in those of the liked items
  double disliked_value = 0.8;
  double price_prior = 4;
  double price_weight = 0.15;
  double max_price_part = 0.5;

  // The weights by attribute of the logarithm by how much a value is more frequent among what is liked than
  // in the catalogue.
  std::array<double, kAttributeCount> value_weights = {
      0.1,    // category
      0.075,  // subcategory
      0.5,    // primary_color
      0.25,   // secondary_color
      0.25,   // pattern
      0.25,   // material
      0.25,   // style
      0.2,    // fit
      0.2,    // neckline
      0.2,    // sleeve_length
      0.2,    // garment_length
      0.1,    // closure
      0.1,    // season
      0.2,    // occasion
      0.25,   // gender
      0.15,   // condition
      0.4,    // brand
      0.25,   // size
  };

  // How well the taste has predicted the latest feedback decides between long-term, short-term and none.
  std::size_t judged_taps = 60;
  double judged_half_life_taps = 12;
  double judged_scale = 0.5;  // of a logit in a prediction
  double max_judged = 4;
  double judge_rate = 2.5;  // how fast a worse one loses
  double liked_prior = 1;   // as much feedback that says nothing
  double disliked_prior = 2;

  double confidence_prior = 1.5;  // with this weight of feedback the confidence is a half at most
};

}  // namespace fit::style
