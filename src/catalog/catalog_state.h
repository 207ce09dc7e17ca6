#pragma once

#include <mutex>

#include "catalog/catalog.h"
#include "catalog/image_processor.h"
#include "catalog/image_store.h"
#include "catalog/picture_loader.h"
#include "catalog/property_filler.h"

namespace fit::catalog {

// What Catalog and Importer share. Thread-safe as its parts are.
struct CatalogState {
  CatalogState(Catalog::Parts given_parts, CatalogOptions given_options);

  // Without looking at any picture: source, external_id, the number of pictures, where they may come from.
  Result<void> check(const ItemInput& input) const;

  // Pictures that the item has already, with vectors in every active space; they need not be read again.
  // Empty for items that are not there. One list an item, in order.
  struct KnownPicture : store::ImageRecord {
    std::vector<store::SpaceVector> vectors;
  };
  using KnownPictures = std::vector<KnownPicture>;
  Result<std::vector<KnownPictures>> known_pictures(std::span<const ItemId> items);

  // A picture's file, or that it is one of `known`, which it is taken out of then: a URL that the item has
  // already is not fetched again, and a file with the same content is not decoded again. Waits for the
  // network or the disk. Sent bytes are taken out of `source`.
  struct LoadedPicture {
    std::string location;  // empty when the bytes were sent
    Bytes file;
    std::optional<KnownPicture> known;
  };
  Result<LoadedPicture> load(std::string_view field, ImageSource& source, KnownPictures& known) const;

  // Reads a loaded picture; keeps its thumbnail and, when it was sent, the original. Works the processor. The
  // record has no vectors yet; `inputs` is what the embedders take, or nothing for a known picture.
  // An error without a field is the storage's, not the picture's.
  struct TakenPicture {
    store::ImageWrite record;
    std::optional<EmbedInputs> inputs;
    std::vector<store::SpaceVector> known_vectors;  // of a known picture
  };
  Result<TakenPicture> take(std::string_view field, LoadedPicture loaded);

  // Counts the writes and tells on_change.
  void note(std::span<const store::UpsertOutcome> outcomes);

  // Writers of one item wait for each other, so that an update cannot bring a removed item back.
  std::mutex& lock_of(const std::string& source, const std::string& external_id);

  Catalog::Parts parts;
  CatalogOptions options;
  ImageStore files;
  PictureLoader loader;
  ImageProcessor processor;
  PropertyFiller filler;
  Counter& created;
  Counter& updated;
  Counter& unchanged;
  Counter& removed;
};

}  // namespace fit::catalog
