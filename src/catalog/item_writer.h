#pragma once

#include <mutex>

#include "base/permits.h"
#include "catalog/catalog.h"
#include "catalog/image_loader.h"
#include "catalog/image_processor.h"
#include "catalog/property_filler.h"

namespace fit::catalog {

// The single steps of a write, for callers that write many items: the stages of an import, the backfills and
// Catalog itself. A caller checks an input, loads and takes its images, embeds the new ones, fills the
// properties, and stores the items. Thread-safe; calls block unless they say otherwise. The objects that
// Catalog::Parts refers to must outlive it.
class ItemWriter {
 public:
  ItemWriter(Catalog::Parts parts, const CatalogOptions& options);
  ItemWriter(const ItemWriter&) = delete;
  ItemWriter& operator=(const ItemWriter&) = delete;

  // Checks an input without reading its images: source, external_id, the number of images, and whether their
  // sources are allowed. kInvalid naming the field. Does not block.
  Result<void> check(const ItemInput& input) const;
  Result<void> check(std::span<const ImageSource> images) const;

  // The images that an item has already with a vector in every active space, which need not be read again.
  using KnownImages = std::vector<domain::ImageWrite>;
  // One list for each item, in the order of `items`; empty for unknown items.
  Result<std::vector<KnownImages>> known_images(std::span<const ItemId> items);

  // The result of load(): the file of an image, or the known image with the same location or content.
  struct LoadedImage {
    std::string location;  // empty when the bytes were sent
    Bytes file;
    std::optional<domain::ImageWrite> known;
    // The image with the same URL whose content `file` replaces. It stays where `file` is no image.
    std::optional<domain::ImageWrite> former = {};
    net::HttpValidators validators = {};  // of the content that was fetched; may be empty
    ImageMemory* memory = nullptr;        // where take() notes them; null: nowhere
  };
  // Loads an image's file, or moves the matching image out of `known`: a URL that the item already has is not
  // fetched again, unless FetchLimits::memory finds that its content has changed, and a file with the same
  // content is not decoded again. Waits for the network or the disk.
  // Moves sent bytes out of `source`. Errors name `field`.
  Result<LoadedImage> load(std::string_view field, ImageSource& source, KnownImages& known,
                           const FetchLimits& limits = {}) const;

  // An image ready to be stored. The record of a new image has no vectors yet.
  struct TakenImage {
    domain::ImageWrite record;
    std::optional<EmbedInputs> inputs;               // the embedders' inputs; nullopt for a known image
    std::vector<domain::SpaceVector> known_vectors;  // the vectors of a known image
  };
  // Decodes a loaded image, lets the content filter judge it unless the item has it already, stores its
  // thumbnail and, when it was sent, the original, and notes its validators. Uses a processor core. An error
  // that names `field` concerns the image; one without a field concerns the storage, or the quota of bytes.
  Result<TakenImage> take(std::string_view field, LoadedImage loaded);

  // Whether the content filter refuses images.
  bool refuses_objectionable() const;
  // Lets the content filter judge a photo that is to be stored without an item, before it is stored. Does
  // nothing where the filter is off or flags: then the work on the photo's asset flags it. The errors of
  // ImageProcessor::read() and ContentFilter::judge(). Uses a processor core.
  Result<void> refuse_objectionable(std::string_view field, ByteView file);

  // The vectors of new images, in the order of the images; none for images that are embedded later
  // (Catalog::Parts::embed_later). The errors of ImageProcessor::embed().
  std::vector<Result<ImageProcessor::Vectors>> embed(std::vector<EmbedInputs> images) const;

  // The images of these items that have no vector in a space.
  struct MissingVectors {
    ActiveSpace space;
    std::vector<domain::ImageRecord> images;
  };
  // One entry for each active space in which a vector is missing. Unknown items have no images.
  Result<std::vector<MissingVectors>> missing_vectors(std::span<const ItemId> items);

  // The images of a stored item, to be written again; their stored vectors stay. Protects their files from
  // pruning.
  std::vector<domain::ImageWrite> keep(const domain::ItemRecord& item);

  // Stores the sent images of an input again whose files are missing or damaged. The errors of
  // put_original().
  Result<void> restore(const ItemInput& input);

  // Stores the items in one transaction, as Items::upsert() does; counts the outcomes, and calls on_change
  // and embed_later. Also the errors of Quotas::check_items().
  Result<std::vector<store::UpsertOutcome>> write(std::span<const domain::ItemWrite> items);
  // Counts writes that were not needed because the stored items are equal. Does not block.
  void count_unchanged(std::int64_t items = 1);
  // Calls Items::remove() with the same arguments; counts the removal and calls on_change.
  Result<void> remove(ItemId item);
  Result<void> remove(const domain::ItemVersion& expected_version);
  // Calls on_change after a write that bypassed write() and remove().
  void changed() const;

  // The mutex of WriteLocks that serializes the writes of the item with this key.
  std::mutex& lock_of(const std::string& source, const std::string& external_id);

  // Its parts, which may be used concurrently as their headers say.
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
  // An image, and what the content filter says of it.
  struct Decoded {
    Result<ProcessedImage> image;
    Result<void> judged;
  };
  // Decodes and judges an image, when few enough others are being decoded.
  Decoded decode(std::string_view field, ByteView file);
  Result<void> check_quota(const domain::ImageFields& image, std::size_t size_bytes);
  Result<std::optional<FetchedImage>> fetch_if_changed(std::string_view field,
                                                       const domain::ImageFields& known,
                                                       const FetchLimits& limits) const;
  void removed();
  void plan_embedding(std::span<const ItemId> items);

  Catalog::Parts parts_;
  const media::Limits image_limits_;
  Permits decoders_;  // bounds the images that all callers decode at a time
  const ImageLoader loader_;
  const ImageProcessor processor_;
  const PropertyFiller filler_;
  Counter& created_;
  Counter& updated_;
  Counter& unchanged_;
  Counter& removed_;
};

}  // namespace fit::catalog
