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

class ItemWriter;

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
// transaction. A write starts again from the item's new state when another process wrote it meanwhile, so
// that no update is lost and no removed item comes back; kConflict when that happens many times in a row.
// Thread-safe; calls block. Does not own what it is given; those must outlive it.
class Catalog {
 public:
  struct Parts {
    store::Catalogue& store;
    net::HttpClient& http;
    ImageFiles files;  // of the images that it keeps itself
    std::vector<ActiveSpace> spaces;
    ontology::Ontology ontology;  // by which properties are filled
    Log log;
    Metrics& metrics;
    std::function<void()> on_change;  // called after each committed write; must be quick and thread-safe
    std::shared_ptr<WriteLocks> locks = std::make_shared<WriteLocks>();
  };
  Catalog(Parts parts, const CatalogOptions& options);
  ~Catalog();

  // Creates or replaces the item of (source, external_id). An image that cannot be had fails the whole call,
  // with "images[2]" as the field; nothing is stored then. Without images an item keeps those it has; a new
  // one needs at least one (kInvalid). An input equal to what is stored (content_hash.h) changes and fetches
  // nothing: kUnchanged.
  Result<store::UpsertOutcome> put(const ItemInput& input);

  // What the caller of a change requires of the item that it changes. An error is returned by the call, which
  // then changes nothing. Empty: no requirement.
  using Precondition = std::function<Result<void>(const domain::ItemRecord& item)>;

  // Replaces the item of that id, as put() does; its source and external_id cannot change (kConflict) and
  // need not be given. kNotFound when it is not there.
  Result<store::UpsertOutcome> replace(ItemId id, const ItemInput& input, const Precondition& required = {});

  // Replaces the item of that id by itself with the JSON merge patch applied (item_patch.h). Patches of one
  // item at the same time are applied one after the other: none is lost. kNotFound when it is not there; the
  // errors of apply_patch() and put().
  Result<store::UpsertOutcome> patch(ItemId id, const Json& patch, std::size_t max_image_bytes,
                                     const Precondition& required = {});

  Result<domain::ItemRecord> get(ItemId id);

  // Removes the item in a state that meets `required`: when another writer changes it meanwhile, `required`
  // is asked again. kNotFound when it is not there.
  Result<void> remove(ItemId id, const Precondition& required = {});

  // The image's thumbnail, JPEG. A lost one is made again from the original, which is fetched when it is
  // remote.
  Result<ImageFile> thumbnail(ImageId image);
  // The original of a local or stored image; kNotFound for a remote one.
  Result<ImageFile> original(ImageId image);

  // Images without a vector in one of the spaces get one, in batches, resumable at any point. Images that
  // cannot be read are counted and logged. `progress` gets images done and in all.
  struct BackfillOptions {
    std::vector<ActiveSpace> spaces;  // empty: those that new images are embedded into
    std::size_t batch_size = 64;      // images a transaction
    ImageId after{};                  // only later images than this
  };
  struct BackfillReport {
    std::int64_t done = 0;
    std::int64_t failed = 0;
  };
  // `report` is filled whatever is returned: kCancelled after `stop`, or the errors of the store.
  Result<void> backfill(const BackfillOptions& options, const Progress& progress, const std::stop_token& stop,
                        BackfillReport& report);

  // The steps of a write one by one, for imports and backfills. Owned by the catalog.
  ItemWriter& writer() { return *writer_; }

 private:
  // Makes the input that an item is replaced by from the item as it is.
  using Change = std::function<Result<ItemInput>(const domain::ItemRecord& item)>;

  Result<store::UpsertOutcome> change(ItemId id, const Precondition& required, const Change& make_input);
  // Writes an item from the state `base`, or a new one. Nothing when another process changed or removed the
  // item since then.
  Result<std::optional<store::UpsertOutcome>> write(const ItemInput& input,
                                                    const std::optional<domain::ItemRecord>& base);

  std::unique_ptr<ItemWriter> writer_;
};

}  // namespace fit::catalog
