#include "ontology/merge.h"

#include <algorithm>

#include "ontology/ontology_file.h"

namespace fit::ontology {
namespace {

using domain::Origin;

constexpr float kTextLeast = 0.3F;  // the least confidence with which a text sets a property

class Merger {
 public:
  Merger(const Ontology& ontology, const Extraction& text, std::span<const PhotoPrediction> predictions)
      : ontology_(ontology), text_(text), predictions_(predictions) {}

  MergedProperties merge(const domain::Properties& given) {
    for (std::size_t i = 0; i < kPropertyCount; ++i) {
      if (!given[i].empty()) set(i, given[i], Origin::kSeller, 1);
    }
    for (std::size_t i = 0; i < kPropertyCount; ++i) take_text(i);
    derive_category();
    derive_subcategory();
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
    const auto wanted = ontology_.category_meant(property == kCategory ? value : std::string_view(other));
    return !category || !wanted || *category == *wanted;
  }

  void take_text(std::size_t property) {
    const auto& found = text_.found[property];
    if (is_set(property) || !found || found->confidence < kTextLeast) return;
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
      if (prediction.property != property || !(prediction.confidence >= photo_least(property))) continue;
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

  void derive_subcategory() {
    const std::string& category = merged_.values[kCategory];
    if (is_set(kSubcategory) || merged_.origins[kCategory].origin != Origin::kSeller) return;
    if (ontology_.canonical(kCategory, category)) return;
    if (const auto garment = ontology_.canonical(kSubcategory, category))
      set(kSubcategory, *garment, Origin::kDerived, merged_.origins[kCategory].confidence);
  }

  const Ontology& ontology_;
  const Extraction& text_;
  const std::span<const PhotoPrediction> predictions_;
  MergedProperties merged_;
};

}  // namespace

float photo_least(std::size_t property) {
  return property == kGender ? 0.9F : 0.6F;
}

MergedProperties merge(const Ontology& ontology, const domain::Properties& given, const Extraction& text,
                       std::span<const PhotoPrediction> predictions) {
  return Merger(ontology, text, predictions).merge(given);
}

}  // namespace fit::ontology
