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

// What a model sees in an image: one possible value, with how sure it is.
struct PhotoPrediction {
  std::size_t property = 0;
  std::string value;
  float confidence = 0;  // 0 to 1
};

// How sure text and image must be before they set a property.
struct MergeOptions {
  float text_least = 0.3F;
  float photo_least = 0.6F;
};

// The properties of an item, each with where it comes from.
struct Merged {
  domain::Properties values;
  domain::PropertyOrigins origins;
};

// Puts together what the seller gave (never changed, whether the ontology knows it or not), what the texts
// say, and what the image shows; the earlier wins. Image and text that agree are surer together. A
// image never sets what the text denies, nor a subcategory of another category than is known. A category
// that only follows from the subcategory has the origin kDerived and the subcategory's confidence.
Merged merge(const Ontology& ontology, const domain::Properties& given, const Extraction& text,
             std::span<const PhotoPrediction> predictions, const MergeOptions& options = {});

}  // namespace fit::ontology
