#pragma once

#include <mutex>

#include "blobs/image_store.h"
#include "catalog/catalog.h"
#include "catalog/image_loader.h"
#include "catalog/image_processor.h"
#include "catalog/property_filler.h"

namespace fit::catalog {

// What Catalog and Importer share. Thread-safe as its parts are.
struct ItemWriter {
  ItemWriter(Catalog::Parts given_parts, CatalogOptions given_options);

  // Without looking at any image: source, external_id, the number of images, where they may come from.
  Result<void> check(const ItemInput& input) const;

  // Images that the item has already, with vectors in every active space; they need not be read again.
  // Empty for items that are not there. One list an item, in order.
  struct KnownImage : domain::ImageRecord {
    std::vector<domain::SpaceVector> vectors;
  };
  using KnownImages = std::vector<KnownImage>;
  Result<std::vector<KnownImages>> known_images(std::span<const ItemId> items);

  // An image's file, or that it is one of `known`, which it is taken out of then: a URL that the item has
  // already is not fetched again, and a file with the same content is not decoded again. Waits for the
  // network or the disk. Sent bytes are taken out of `source`.
  struct LoadedImage {
    std::string location;  // empty when the bytes were sent
    Bytes file;
    std::optional<KnownImage> known;
  };
  Result<LoadedImage> load(std::string_view field, ImageSource& source, KnownImages& known) const;

  // Reads a loaded image; keeps its thumbnail and, when it was sent, the original. Works the processor. The
  // record has no vectors yet; `inputs` is what the embedders take, or nothing for a known image.
  // An error without a field is the storage's, not the image's.
  struct TakenImage {
    domain::ImageWrite record;
    std::optional<EmbedInputs> inputs;
    std::vector<domain::SpaceVector> known_vectors;  // of a known image
  };
  Result<TakenImage> take(std::string_view field, LoadedImage loaded);

  // Counts the writes and tells on_change.
  void note(std::span<const store::UpsertOutcome> outcomes);

  // Writers of one item wait for each other, so that an update cannot bring a removed item back.
  std::mutex& lock_of(const std::string& source, const std::string& external_id);

  Catalog::Parts parts;
  CatalogOptions options;
  blobs::ImageStore files;
  ImageLoader loader;
  ImageProcessor processor;
  PropertyFiller filler;
  Counter& created;
  Counter& updated;
  Counter& unchanged;
  Counter& removed;
};

}  // namespace fit::catalog
