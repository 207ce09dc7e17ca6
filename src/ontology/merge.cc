#include "ontology/merge.h"

#include <algorithm>

#include "ontology/ontology_file.h"

namespace fit::ontology {
namespace {

using domain::Origin;

class Merger {
 public:
  Merger(const Ontology& ontology, const Extraction& text, std::span<const PhotoPrediction> predictions,
         const MergeOptions& options)
      : ontology_(ontology), text_(text), predictions_(predictions), options_(options) {}

  MergedProperties merge(const domain::Properties& given) {
    for (std::size_t i = 0; i < kPropertyCount; ++i) {
      if (!given[i].empty()) set(i, given[i], Origin::kSeller, 1);
    }
    for (std::size_t i = 0; i < kPropertyCount; ++i) take_text(i);
    derive_category();
    for (std::size_t i = 0; i < kPropertyCount; ++i) take_prediction(i);
    derive_category();
    return std::move(merged_);
  }

 private:
  void set(std::size_t property, std::string_view value, Origin origin, float confidence) {
    merged_.values[property] = value;
    merged_.origins[property] = {origin, confidence};
  }

  bool is_set(std::size_t property) const { return !merged_.values[property].empty(); }

  // The category of a garment, given as any term of the ontology.
  std::optional<std::string_view> category_of(std::string_view garment) const {
    const auto known = ontology_.canonical(kSubcategory, garment);
    return known ? ontology_.category_of(*known) : std::nullopt;
  }

  // Whether the value agrees with the item's category or subcategory, if it has one.
  bool fits(std::size_t property, std::string_view value) const {
    const std::string& other = merged_.values[property == kCategory ? kSubcategory : kCategory];
    if ((property != kCategory && property != kSubcategory) || other.empty()) return true;
    const auto category = category_of(property == kCategory ? std::string_view(other) : value);
    const auto wanted =
        ontology_.canonical(kCategory, property == kCategory ? value : std::string_view(other));
    return !category || !wanted || *category == *wanted;
  }

  void take_text(std::size_t property) {
    const auto& found = text_.found[property];
    if (is_set(property) || !found || found->confidence < options_.text_least) return;
    if (!fits(property, found->value)) return;
    if (property == kSecondaryColor && merged_.values[kPrimaryColor] == found->value) return;
    float confidence = found->confidence;
    for (const PhotoPrediction& prediction : predictions_) {
      if (prediction.property != property || ontology_.canonical(property, prediction.value) != found->value)
        continue;
      confidence =
          std::min(0.99F, 1 - (1 - confidence) * (1 - std::clamp(prediction.confidence, 0.0F, 1.0F)));
    }
    set(property, found->value, Origin::kText, confidence);
  }

  void take_prediction(std::size_t property) {
    if (is_set(property)) return;
    const PhotoPrediction* best = nullptr;
    for (const PhotoPrediction& prediction : predictions_) {
      if (prediction.property != property || !(prediction.confidence >= options_.photo_least)) continue;
      const auto known = ontology_.canonical(property, prediction.value);
      if (!known || text_.excludes(property, *known) || !fits(property, *known)) continue;
      if (best == nullptr || prediction.confidence > best->confidence) best = &prediction;
    }
    if (best == nullptr) return;
    set(property, *ontology_.canonical(property, best->value), Origin::kPhoto,
        std::min(1.0F, best->confidence));
  }

  void derive_category() {
    if (is_set(kCategory) || !is_set(kSubcategory)) return;
    const auto category = category_of(merged_.values[kSubcategory]);
    if (category) set(kCategory, *category, Origin::kDerived, merged_.origins[kSubcategory].confidence);
  }

  const Ontology& ontology_;
  const Extraction& text_;
  const std::span<const PhotoPrediction> predictions_;
  const MergeOptions& options_;
  MergedProperties merged_;
};

}  // namespace

MergedProperties merge(const Ontology& ontology, const domain::Properties& given, const Extraction& text,
                       std::span<const PhotoPrediction> predictions, const MergeOptions& options) {
  return Merger(ontology, text, predictions, options).merge(given);
}

}  // namespace fit::ontology
