#include "catalog/property_filler.h"

#include <algorithm>
#include <cmath>

#include "text/html.h"

namespace fit::catalog {
namespace {

void add(PhotoPredictions& predictions, const embed::PropertyPredictions& predicted) {
  for (const embed::PropertyPrediction& one : predicted) {
    const auto property = domain::property_index(one.property);
    if (!property) continue;
    for (const auto& [value, confidence] : one.values) predictions.push_back({*property, value, confidence});
  }
}

}  // namespace

Result<void> PropertyFiller::predict_in(const ActiveSpace& space, std::span<const ImageVectors> images,
                                        std::vector<PhotoPredictions>& predictions) const {
  std::vector<embed::Vector> vectors;
  std::vector<std::size_t> numbers;  // the image of each vector
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto found = std::ranges::find(images[i], space.space_id, &domain::SpaceVector::space_id);
    if (found == images[i].end()) continue;
    vectors.push_back(found->values);
    numbers.push_back(i);
  }
  if (vectors.empty()) return {};
  FIT_TRY(const auto predicted, space.embedder->predict(vectors));
  if (predicted.size() != vectors.size())
    return internal("the image's properties could not be predicted",
                    "the model returned another number of predictions");
  for (std::size_t i = 0; i < numbers.size(); ++i) add(predictions[numbers[i]], predicted[i]);
  return {};
}

Result<std::vector<PhotoPredictions>> PropertyFiller::predict(std::span<const ImageVectors> images) const {
  std::vector<PhotoPredictions> predictions(images.size());
  for (const ActiveSpace& space : spaces_) FIT_CHECK(predict_in(space, images, predictions));
  return predictions;
}

std::vector<PhotoPredictions> PropertyFiller::predict_or_log(std::span<const ImageVectors> images) const {
  auto predictions = predict(images);
  if (predictions) return *std::move(predictions);
  log_.error("properties were filled without predictions from the images", predictions.error());
  return std::vector<PhotoPredictions>(images.size());
}

PhotoPredictions PropertyFiller::predict_or_log(ImageVectors image) const {
  return std::move(predict_or_log(std::span(&image, 1)).front());
}

ontology::MergedProperties PropertyFiller::merge(
    const domain::Listing& listing, const domain::Properties& given,
    std::span<const ontology::PhotoPrediction> predictions) const {
  // The names of styles and classes in markup do not describe the garment.
  const std::string description = text::plain_text(listing.description);
  const ontology::Extraction read = extractor_.extract(
      {.title = listing.title, .description = description, .tags = {}, .brand = listing.brand});
  ontology::MergedProperties merged = ontology::merge(extractor_.ontology(), given, read, predictions);
  for (domain::PropertyOrigin& origin : merged.origins)
    origin.confidence = std::round(origin.confidence * 1000) / 1000;
  return merged;
}

void PropertyFiller::fill(domain::ItemWrite& item,
                          std::span<const ontology::PhotoPrediction> predictions) const {
  ontology::MergedProperties merged = merge(item.listing, item.listing.properties, predictions);
  item.listing.properties = std::move(merged.values);
  item.origins = merged.origins;
}

}  // namespace fit::catalog
