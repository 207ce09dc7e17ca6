#pragma once

#include <span>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "ontology/merge.h"

namespace fit::catalog {

// The property values that models predict from one image.
using PhotoPredictions = std::vector<ontology::PhotoPrediction>;
// The vectors of one image in one or more spaces.
using ImageVectors = std::span<const domain::SpaceVector>;

// Fills open properties from the listing's texts and from the active spaces' predictions for its first image.
// Thread-safe. Takes some tens of microseconds an item. Borrows the embedders.
class PropertyFiller {
 public:
  PropertyFiller(ontology::Ontology ontology, std::vector<ActiveSpace> spaces, Log log)
      : extractor_(std::move(ontology)), spaces_(std::move(spaces)), log_(std::move(log)) {}

  // One list for each image, in order; empty where no model predicts anything. Returns the first error of a
  // model.
  Result<std::vector<PhotoPredictions>> predict(std::span<const ImageVectors> images) const;
  // predict() for writes, which continue without predictions: an error is logged, and the lists are empty.
  std::vector<PhotoPredictions> predict_or_log(std::span<const ImageVectors> images) const;
  // The predictions for one image; none after an error, which is logged.
  PhotoPredictions predict_or_log(ImageVectors image) const;

  // The seller's values (`given`) and predictions for the open properties, with their origins. Confidences
  // are rounded to thousandths.
  ontology::MergedProperties merge(const domain::Listing& listing, const domain::Properties& given,
                                   std::span<const ontology::PhotoPrediction> predictions) const;
  // Treats the listing's properties as the seller's and fills the others.
  void fill(domain::ItemWrite& item, std::span<const ontology::PhotoPrediction> predictions) const;

 private:
  Result<void> predict_in(const ActiveSpace& space, std::span<const ImageVectors> images,
                          std::vector<PhotoPredictions>& predictions) const;

  ontology::Extractor extractor_;
  std::vector<ActiveSpace> spaces_;
  Log log_;
};

}  // namespace fit::catalog
