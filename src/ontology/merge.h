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

// The least confidence with which a text or an image sets a property.
struct MergeOptions {
  float text_least = 0.3F;
  float photo_least = 0.6F;
};

// The properties of an item with their origins.
struct MergedProperties {
  domain::Properties values;
  domain::PropertyOrigins origins;
};

// Merges the seller's values, the values of the texts and the predictions of an image, in this order of
// precedence. The seller's values are never changed, whether the ontology has them or not. A text and an
// image that agree raise the confidence. An image does not set a value that the text denies, nor a
// subcategory of another category. A category that follows from the subcategory has the origin kDerived and
// the subcategory's confidence. Thread-safe.
MergedProperties merge(const Ontology& ontology, const domain::Properties& given, const Extraction& text,
                       std::span<const PhotoPrediction> predictions, const MergeOptions& options = {});

}  // namespace fit::ontology
