#pragma once

#include <span>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "ontology/merge.h"

namespace fit::catalog {

// What models see in one picture.
using Sights = std::vector<ontology::Sight>;
// One picture's vectors, of some spaces.
using PictureVectors = std::span<const store::SpaceVector>;

// Fills the properties that sellers leave open: from the listing's texts and from what the active spaces'
// models see in its first picture. Thread-safe, takes some tens of microseconds an item; does not own the
// embedders.
class PropertyFiller {
 public:
  PropertyFiller(ontology::Ontology ontology, std::vector<ActiveSpace> spaces, Log log)
      : extractor_(std::move(ontology)), spaces_(std::move(spaces)), log_(std::move(log)) {}

  // One list a picture, in order; empty where no model predicts anything. The first error of a model.
  Result<std::vector<Sights>> see(std::span<const PictureVectors> pictures) const;
  // The same for writers, who go on without the picture: errors are logged.
  std::vector<Sights> see_or_log(std::span<const PictureVectors> pictures) const;

  // `given` and, where it is silent, guesses; with their origins. Confidences are whole thousandths.
  ontology::Merged merge(const store::Listing& listing, const store::Properties& given,
                         std::span<const ontology::Sight> sights) const;
  // Takes the listing's properties as the seller's and fills the others.
  void fill(store::ItemWrite& item, std::span<const ontology::Sight> sights) const;

 private:
  Result<void> see_in(const ActiveSpace& space, std::span<const PictureVectors> pictures,
                      std::vector<Sights>& sights) const;

  ontology::Extractor extractor_;
  std::vector<ActiveSpace> spaces_;
  Log log_;
};

}  // namespace fit::catalog
