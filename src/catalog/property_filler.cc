#include "catalog/property_filler.h"

#include <algorithm>
#include <cmath>

namespace fit::catalog {
namespace {

void add(Sights& sights, const embed::PropertyPredictions& predictions) {
  for (const embed::PropertyPrediction& one : predictions) {
    const auto property = store::property_index(one.property);
    if (!property) continue;
    for (const auto& [value, confidence] : one.values) sights.push_back({*property, value, confidence});
  }
}

}  // namespace

Result<void> PropertyFiller::see_in(const ActiveSpace& space, std::span<const PictureVectors> pictures,
                                    std::vector<Sights>& sights) const {
  std::vector<embed::Vector> vectors;
  std::vector<std::size_t> numbers;  // of the vectors among the pictures
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto found = std::ranges::find(pictures[i], space.space_id, &store::SpaceVector::space_id);
    if (found == pictures[i].end()) continue;
    vectors.push_back(found->values);
    numbers.push_back(i);
  }
  if (vectors.empty()) return {};
  FIT_TRY(const auto predictions, space.embedder->predict(vectors));
  if (predictions.size() != vectors.size())
    return internal("the picture's properties could not be predicted", "another number of answers came back");
  for (std::size_t i = 0; i < numbers.size(); ++i) add(sights[numbers[i]], predictions[i]);
  return {};
}

Result<std::vector<Sights>> PropertyFiller::see(std::span<const PictureVectors> pictures) const {
  std::vector<Sights> sights(pictures.size());
  for (const ActiveSpace& space : spaces_) FIT_CHECK(see_in(space, pictures, sights));
  return sights;
}

std::vector<Sights> PropertyFiller::see_or_log(std::span<const PictureVectors> pictures) const {
  auto sights = see(pictures);
  if (sights) return *std::move(sights);
  log_.error("properties were filled without a look at the pictures", sights.error());
  return std::vector<Sights>(pictures.size());
}

ontology::Merged PropertyFiller::merge(const store::Listing& listing, const store::Properties& given,
                                       std::span<const ontology::Sight> sights) const {
  const ontology::Extraction read = extractor_.extract(
      {.title = listing.title, .description = listing.description, .tags = {}, .brand = listing.brand});
  ontology::Merged merged = ontology::merge(extractor_.ontology(), given, read, sights);
  for (store::PropertyOrigin& origin : merged.origins)
    origin.confidence = std::round(origin.confidence * 1000) / 1000;
  return merged;
}

void PropertyFiller::fill(store::ItemWrite& item, std::span<const ontology::Sight> sights) const {
  ontology::Merged merged = merge(item.listing, item.listing.properties, sights);
  item.listing.properties = std::move(merged.values);
  item.origins = merged.origins;
}

}  // namespace fit::catalog
