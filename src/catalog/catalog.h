#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/progress.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "catalog/item_input.h"
#include "catalog/prepared_images.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "net/http_client.h"
#include "ontology/ontology.h"
#include "store/catalogue.h"

namespace fit::catalog {

// An image space that new images are embedded into, with the embedder that makes its vectors.
struct ActiveSpace {
  std::int64_t space_id = 0;
  embed::Embedder* embedder = nullptr;
};

// Limits and choices of a catalog.
struct CatalogOptions {
  media::Limits image_limits;
  net::HttpLimits fetch_limits;
  int thumbnail_side = 320;
  bool allow_local_paths =
      false;  // whether ImageSource::location may be a file path (the command line yes, HTTP no)
};

class ContentFilter;
class ItemWriter;
class Quotas;

// Locks by which puts, replacements and patches of one item in one process wait for each other; the catalogs
// of one catalogue share them. The item's version alone keeps the catalogue right, for writers of this and of
// other processes. The locks spare repeated work: of writers that begin together, each would fetch, decode
// and embed its images, and all but one would begin again. And no number of writers in one process uses up
// the attempts of a write. Removals take no lock. Items whose keys share a lock wait for each other too.
struct WriteLocks {
  std::array<std::mutex, 64> all;
};

// Reads, writes and removes items together with their images: fetches, decodes once, makes thumbnail,
// perceptual hash and vectors, fills the properties that the seller left open, then stores everything in one
// transaction. A write starts again from the item's new state when another process changed the item
// meanwhile, so that no update is lost and no removed item comes back; kConflict when that happens many times
// in a row. Thread-safe; calls block. The objects that Parts refers to must outlive it.
class Catalog {
 public:
  // The dependencies of a catalog.
  struct Parts {
    store::Catalogue& store;
    net::HttpClient& http;
    ImageFiles files;  // the images that the catalogue stores itself
    std::vector<ActiveSpace> spaces;
    ontology::Ontology ontology;  // used to fill properties
    Log log;
    Metrics& metrics;
    std::function<void()> on_change;  // called after each committed write; must be quick and thread-safe
    std::shared_ptr<WriteLocks> locks = std::make_shared<WriteLocks>();
    std::shared_ptr<Quotas> quotas = {};            // null: there are none
    const ContentFilter* content_filter = nullptr;  // judges new images; null: none is judged
    // Not empty: writes embed no images, and call it, after each commit, with the items that have images
    // without a vector; embed_item() makes the vectors. Must be thread-safe; may block.
    std::function<void(std::span<const ItemId> items)> embed_later = {};
  };
  Catalog(Parts parts, const CatalogOptions& options);
  ~Catalog();

  // Whether put() edits an existing item: the next import keeps the fields that it changes (item_patch.h).
  // Otherwise the input counts as imported.
  enum class PutAs : std::uint8_t { kEdit, kImported };

  // Creates or replaces the item of (source, external_id). An image that cannot be loaded fails the whole
  // call, with "images[2]" as the field; nothing is stored then. Without images in the input an existing item
  // keeps its images; a new item needs at least one (kInvalid). An input equal to the stored one
  // (content_hash.h) changes and fetches nothing: kUnchanged. Images that `images` has loaded for the same
  // input are not loaded again; the call loads the others, all within CatalogOptions::fetch_limits.
  Result<store::UpsertOutcome> put(const ItemInput& input, PreparedImages images = {},
                                   PutAs as = PutAs::kEdit);

  // Whether put(), replace() or patch() with these images would fetch one: an image has a URL that no image
  // of `item` has. nullopt: a new item.
  Result<bool> must_fetch(std::span<const ImageSource> images, std::optional<ItemId> item);
  // Loads the images before such a call, all within CatalogOptions::fetch_limits. Blocks without holding a
  // lock. The errors of put() for its images; kCancelled after `stop`.
  Result<PreparedImages> prepare(std::span<const ImageSource> images, std::optional<ItemId> item,
                                 std::stop_token stop);

  // A condition that the caller of a change places on the item. When it returns an error, the call returns
  // that error and changes nothing. Empty: no condition.
  using Precondition = std::function<Result<void>(const domain::ItemRecord& item)>;

  // Replaces the item with this id, as put() edits it; its source and external_id cannot change (kConflict)
  // and need not be given. kNotFound when the item does not exist.
  Result<store::UpsertOutcome> replace(ItemId id, const ItemInput& input, const Precondition& required = {},
                                       PreparedImages images = {});

  // Applies a JSON merge patch (item_patch.h) to the item with this id. Concurrent patches of one item are
  // applied one after the other, and none is lost. kNotFound when the item does not exist; the errors of
  // apply_patch() and put().
  Result<store::UpsertOutcome> patch(ItemId id, const Json& patch, std::size_t max_image_bytes,
                                     const Precondition& required = {}, PreparedImages images = {});

  // kNotFound when the item does not exist.
  Result<domain::ItemRecord> get(ItemId id);
  // nullopt when no item has this key.
  Result<std::optional<domain::ItemRecord>> find(const domain::ItemKey& key);

  // Removes the item in a state that meets `required`: when another writer changes it meanwhile, `required`
  // is called again. kNotFound when the item does not exist.
  Result<void> remove(ItemId id, const Precondition& required = {});

  // The image's thumbnail, a JPEG file. A missing thumbnail is made again from the original, which is fetched
  // if it is remote; kCancelled after `stop`.
  Result<ImageFile> thumbnail(ImageId image, const std::stop_token& stop = {});
  // The stored thumbnail; nullopt when it is missing. Fetches nothing.
  Result<std::optional<ImageFile>> stored_thumbnail(ImageId image);
  // The original of a local or stored image; kNotFound for a remote one.
  Result<ImageFile> original(ImageId image);

  // Which images backfill() embeds.
  struct BackfillOptions {
    std::vector<ActiveSpace> spaces;  // empty: the spaces that new images are embedded into
    std::size_t batch_size = 64;      // images in one transaction
    ImageId after{};                  // only images with a greater id
  };
  // The images that backfill() embedded, and those that could not be read or embedded.
  struct BackfillReport {
    std::int64_t done = 0;
    std::int64_t failed = 0;
  };
  // Computes the missing vectors of images in batches. A run can be stopped at any point and repeated. Images
  // that cannot be read are counted and logged. `progress` gets the number of finished images and of all.
  // `report` is filled whatever is returned: kCancelled after `stop`, or the errors of the store.
  Result<void> backfill(const BackfillOptions& options, const Progress& progress, const std::stop_token& stop,
                        BackfillReport& report);

  // Computes the missing vectors of an item's images, and then fills its properties again; does nothing for
  // an item without a missing vector or that does not exist. The first error of an image, naming "image",
  // after the others were tried; the errors of an embedder and of the store.
  Result<void> embed_item(ItemId item, const std::stop_token& stop);

  // The single steps of a write, for imports and backfills. Owned by the catalog.
  ItemWriter& writer() { return *writer_; }

 private:
  // Makes the input that replaces the item.
  using Change = std::function<Result<ItemInput>(const domain::ItemRecord& item)>;

  Result<store::UpsertOutcome> change(ItemId id, const Precondition& required, const Change& make_input,
                                      PreparedImages images);
  // Returns kUnchanged when the input with this content hash equals the stored item `base`, after storing
  // sent images again whose files are missing or damaged. nullopt otherwise.
  Result<std::optional<store::UpsertOutcome>> skip_unchanged(const ItemInput& input, const std::string& hash,
                                                             const std::optional<domain::ItemRecord>& base);
  // Writes an item with this content hash over its state `base`, or a new item. nullopt when another process
  // changed or removed the item meanwhile, or when images must be loaded first.
  Result<std::optional<store::UpsertOutcome>> write(const ItemInput& input, const std::string& hash,
                                                    const std::optional<domain::ItemRecord>& base,
                                                    const PreparedImages& images);

  std::unique_ptr<ItemWriter> writer_;
};

}  // namespace fit::catalog
