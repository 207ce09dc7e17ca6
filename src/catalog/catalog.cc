#include "catalog/catalog.h"

#include "base/format.h"
#include "base/hash.h"
#include "catalog/content_hash.h"
#include "catalog/item_patch.h"
#include "catalog/item_writer.h"

namespace fit::catalog {
namespace {

using domain::ItemRecord;
using store::UpsertOutcome;

// An item's images as they are written, and what is seen in the first.
struct TakenImages {
  std::vector<domain::ImageWrite> records;
  PhotoPredictions predictions;
};

// The images that an item has already.
Result<TakenImages> keep_images(ItemWriter& writer, const ItemRecord& item) {
  FIT_TRY(const auto known, writer.known_images(std::span(&item.id, 1)));
  TakenImages taken{writer.keep(item), {}};
  for (const ItemWriter::KnownImage& image : known.at(0)) {
    if (item.images.empty() || image.id != item.images.front().id) continue;
    const ImageVectors vectors = image.vectors;
    taken.predictions = std::move(writer.filler().predict_or_log(std::span(&vectors, 1)).front());
  }
  return taken;
}

Result<TakenImages> take_images(ItemWriter& writer, const ItemInput& input,
                                std::optional<ItemId> known_item) {
  ItemWriter::KnownImages known;
  if (known_item) {
    FIT_TRY(auto lists, writer.known_images(std::span(&*known_item, 1)));
    known = std::move(lists.at(0));
  }
  std::vector<domain::ImageWrite> records;
  std::vector<domain::SpaceVector> first;  // the first image's, when it is known
  std::vector<EmbedInputs> images;
  std::vector<std::size_t> numbers;  // of `images` among the records
  for (std::size_t i = 0; i < input.images.size(); ++i) {
    const std::string field = fit::format("images[{}]", i);
    ImageSource source = input.images[i];
    FIT_TRY(auto loaded, writer.load(field, source, known));
    FIT_TRY(auto taken, writer.take(field, std::move(loaded)));
    records.push_back(std::move(taken.record));
    if (i == 0) first = std::move(taken.known_vectors);
    if (!taken.inputs) continue;
    images.push_back(*std::move(taken.inputs));
    numbers.push_back(i);
  }
  auto vectors = writer.processor().embed(std::move(images));
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (!vectors[i]) {
      Error error = std::move(vectors[i]).error();
      error.field = fit::format("images[{}]", numbers[i]);
      return error;
    }
    records[numbers[i]].vectors = *std::move(vectors[i]);
  }
  const ImageVectors seen = first.empty() ? records.at(0).vectors : first;
  PhotoPredictions predictions = std::move(writer.filler().predict_or_log(std::span(&seen, 1)).front());
  return TakenImages{std::move(records), std::move(predictions)};
}

}  // namespace

Catalog::Catalog(Parts parts, const CatalogOptions& options)
    : writer_(std::make_unique<ItemWriter>(std::move(parts), options)) {}

Catalog::~Catalog() = default;

// The caller holds the item's lock.
Result<UpsertOutcome> Catalog::write(const ItemInput& input) {
  FIT_CHECK(writer_->check(input));
  store::Catalogue& store = writer_->database();
  domain::ItemWrite item;
  item.listing = input.listing;
  item.content_hash = content_hash(input);
  const domain::ItemKey key{input.listing.source, input.listing.external_id};
  FIT_TRY(const auto found, store.items().find(std::span(&key, 1)));
  const std::optional<store::KnownItem>& known = found.at(0);
  if (known && known->content_hash == item.content_hash) {
    writer_->count_unchanged();
    return UpsertOutcome{known->id, store::UpsertKind::kUnchanged};
  }
  TakenImages taken;
  if (!input.images.empty()) {
    FIT_TRY(taken, take_images(*writer_, input, known ? std::optional(known->id) : std::nullopt));
  } else if (known) {
    FIT_TRY(const ItemRecord record, store.items().get(known->id));
    FIT_TRY(taken, keep_images(*writer_, record));
  } else {
    return invalid("images", "a new item needs at least one image");
  }
  item.images = std::move(taken.records);
  writer_->filler().fill(item, taken.predictions);
  FIT_TRY(const auto outcomes, writer_->write(std::span(&item, 1)));
  return outcomes.at(0);
}

Result<UpsertOutcome> Catalog::put(const ItemInput& input) {
  const std::lock_guard lock(writer_->lock_of(input.listing.source, input.listing.external_id));
  return write(input);
}

Result<UpsertOutcome> Catalog::change(ItemId id, const Precondition& required, const Change& make_input) {
  store::Catalogue& store = writer_->database();
  FIT_TRY(const ItemRecord before, store.items().get(id));
  const domain::Listing& key = before.listing;
  const std::lock_guard lock(writer_->lock_of(key.source, key.external_id));
  FIT_TRY(const ItemRecord item, store.items().get(id));  // it may have changed or been removed meanwhile
  if (required) FIT_CHECK(required(item));
  FIT_TRY(ItemInput input, make_input(item));
  const auto differs = [](const std::string& given, const std::string& now) {
    return !given.empty() && given != now;
  };
  if (differs(input.listing.source, key.source)) {
    return Error{ErrorCode::kConflict, "an item's source cannot change", "source", {}};
  }
  if (differs(input.listing.external_id, key.external_id)) {
    return Error{ErrorCode::kConflict, "an item's external_id cannot change", "external_id", {}};
  }
  input.listing.source = key.source;
  input.listing.external_id = key.external_id;
  return write(input);
}

Result<UpsertOutcome> Catalog::replace(ItemId id, const ItemInput& input, const Precondition& required) {
  return change(id, required, [&input](const ItemRecord&) -> Result<ItemInput> { return input; });
}

Result<UpsertOutcome> Catalog::patch(ItemId id, const Json& patch, std::size_t max_image_bytes,
                                     const Precondition& required) {
  return change(id, required, [&patch, max_image_bytes](const ItemRecord& item) {
    return apply_patch(item, patch, max_image_bytes);
  });
}

Result<ItemRecord> Catalog::get(ItemId id) {
  return writer_->database().items().get(id);
}

Result<void> Catalog::remove(ItemId id, const Precondition& required) {
  FIT_TRY(const ItemRecord before, writer_->database().items().get(id));
  {
    const std::lock_guard lock(writer_->lock_of(before.listing.source, before.listing.external_id));
    FIT_TRY(const ItemRecord item, writer_->database().items().get(id));
    if (required) FIT_CHECK(required(item));
    return writer_->remove(id);
  }
}

Result<Catalog::File> Catalog::thumbnail(ImageId id) {
  constexpr const char* kMimeType = "image/jpeg";
  FIT_TRY(const domain::ImageRecord image, writer_->database().items().image(id));
  auto ready = writer_->files().thumbnail(image.sha256);
  if (ready) return File{*std::move(ready), kMimeType};
  FIT_TRY(const Bytes original, writer_->loader().load_known("image", image));
  FIT_TRY(Bytes made, writer_->processor().thumbnail("image", original));
  // An image that changed at its place must not take the name of the one that was indexed.
  if (sha256_hex(original) == image.sha256) {
    if (auto kept = writer_->files().put_thumbnail(image.sha256, made); !kept) {
      writer_->log().error("a thumbnail could not be kept", kept.error());
    }
  }
  return File{std::move(made), kMimeType};
}

Result<Catalog::File> Catalog::original(ImageId id) {
  FIT_TRY(const domain::ImageRecord image, writer_->database().items().image(id));
  if (image.location.find("://") != std::string::npos)
    return not_found("this image is not stored here; see its URL");
  FIT_TRY(Bytes content, writer_->loader().load_known("image", image));
  FIT_TRY(const media::ImageInfo info, media::probe("image", content, writer_->image_limits()));
  return File{std::move(content), std::string(media::mime_type(info.format))};
}

}  // namespace fit::catalog
