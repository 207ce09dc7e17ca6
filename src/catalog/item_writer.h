#pragma once

#include <mutex>

#include "catalog/catalog.h"
#include "catalog/image_loader.h"
#include "catalog/image_processor.h"
#include "catalog/property_filler.h"

namespace fit::catalog {

// The steps of a write one by one, for what writes many items at once: an import's stages, the backfills,
// Catalog itself. A caller checks an input, loads and takes its images, embeds those that are new, fills the
// properties, and stores the items. Thread-safe; the calls block unless they say otherwise. Does not own the
// parts that Catalog::Parts refers to.
class ItemWriter {
 public:
  ItemWriter(Catalog::Parts parts, const CatalogOptions& options);
  ItemWriter(const ItemWriter&) = delete;
  ItemWriter& operator=(const ItemWriter&) = delete;

  // Checks what can be checked without looking at any image: source, external_id, the number of images, where
  // they may come from. kInvalid naming the field. Does not block.
  Result<void> check(const ItemInput& input) const;

  // The images that an item has already with a vector in every active space, which need not be read again.
  using KnownImages = std::vector<domain::ImageWrite>;
  // One list an item, in the order of `items`; empty for items that are not there.
  Result<std::vector<KnownImages>> known_images(std::span<const ItemId> items);

  // What load() brings: the file of an image, or the known image that it is.
  struct LoadedImage {
    std::string location;  // empty when the bytes were sent
    Bytes file;
    std::optional<domain::ImageWrite> known;
  };
  // Gets an image's file, or finds that it is one of `known`, which is taken out of the list then: a URL that
  // the item has already is not fetched again, and a file with the same content is not decoded again. Waits
  // for the network or the disk. Takes sent bytes out of `source`. Errors name `field`.
  Result<LoadedImage> load(std::string_view field, ImageSource& source, KnownImages& known) const;

  // An image as it is stored. The record of a new image has no vectors yet.
  struct TakenImage {
    domain::ImageWrite record;
    std::optional<EmbedInputs> inputs;               // what the embedders take; nothing for a known image
    std::vector<domain::SpaceVector> known_vectors;  // of a known image
  };
  // Decodes a loaded image, and stores its thumbnail and, when it was sent, the original. Works the
  // processor. An error that names `field` is the image's; one without a field is the storage's.
  Result<TakenImage> take(std::string_view field, LoadedImage loaded);

  // The images of a stored item, to be written again without their vectors, which stay; pruning leaves their
  // files alone.
  std::vector<domain::ImageWrite> keep(const domain::ItemRecord& item);

  // Stores the items in one transaction, as Items::upsert() does; counts what became of each and tells
  // on_change.
  Result<std::vector<store::UpsertOutcome>> write(std::span<const domain::ItemWrite> items);
  // Counts writes that were not needed, because the store holds the same already. Does not block.
  void count_unchanged(std::int64_t items = 1);
  // As the two Items::remove(); counts the removal and tells on_change.
  Result<void> remove(ItemId item);
  Result<void> remove(const domain::ItemVersion& expected_version);
  // Tells on_change that something else than write() or remove() has written.
  void changed() const;

  // The lock of WriteLocks for the item of a key.
  std::mutex& lock_of(const std::string& source, const std::string& external_id);

  // Its parts, each with the same promises about threads as its own header makes.
  store::Catalogue& database() { return parts_.store; }
  ImageFiles& files() { return parts_.files; }
  const ImageLoader& loader() const { return loader_; }
  const ImageProcessor& processor() const { return processor_; }
  const PropertyFiller& filler() const { return filler_; }
  // The spaces that new images are embedded into.
  const std::vector<ActiveSpace>& spaces() const { return parts_.spaces; }
  const media::Limits& image_limits() const { return image_limits_; }
  const Log& log() const { return parts_.log; }

 private:
  void removed();

  Catalog::Parts parts_;
  const media::Limits image_limits_;
  const ImageLoader loader_;
  const ImageProcessor processor_;
  const PropertyFiller filler_;
  Counter& created_;
  Counter& updated_;
  Counter& unchanged_;
  Counter& removed_;
};

}  // namespace fit::catalog
