#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/property_origin.h"
#include "ontology/extractor.h"

namespace fit::ontology {

// A value that a model predicts from an image.
struct PhotoPrediction {
  std::size_t property = 0;
  std::string value;
  float confidence = 0;  // 0 to 1
};

// The least confidence with which an image sets a property: 0.6, but 0.9 for the gender, which models confuse
// on photos taken at home.
float photo_least(std::size_t property);

// The properties of an item with their origins.
struct MergedProperties {
  domain::Properties values;
  domain::PropertyOrigins origins;
};

// Merges the seller's values, the values of the texts and the predictions of an image, in this order of
// precedence. The seller's values are never changed, whether the ontology has them or not. A text and an
// image that agree raise the confidence. An image does not set a value that the text denies, nor a
// subcategory of another category. A category that follows from the subcategory has the origin kDerived and
// the subcategory's confidence; so has a subcategory that the seller gives as the category ("pants").
// Thread-safe.
MergedProperties merge(const Ontology& ontology, const domain::Properties& given, const Extraction& text,
                       std::span<const PhotoPrediction> predictions);

}  // namespace fit::ontology
