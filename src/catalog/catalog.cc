#include "catalog/catalog.h"

#include "base/format.h"
#include "base/hash.h"
#include "catalog/content_hash.h"
#include "catalog/item_patch.h"
#include "catalog/item_writer.h"

namespace fit::catalog {
namespace {

using domain::ItemRecord;
using domain::ItemVersion;
using store::UpsertOutcome;

constexpr int kMaxAttempts = 10;

// An item's images ready to be written, and the predictions from the first image.
struct TakenImages {
  std::vector<domain::ImageWrite> records;
  PhotoPredictions predictions;
};

bool is_same(const domain::ImageFields& one, const domain::ImageFields& other) {
  return one == other;
}

// Keeps the stored images of an item.
Result<TakenImages> keep_images(ItemWriter& writer, const ItemRecord& item) {
  FIT_TRY(const auto known, writer.known_images(std::span(&item.id, 1)));
  TakenImages taken{writer.keep(item), {}};
  for (const domain::ImageWrite& image : known.at(0)) {
    if (item.images.empty() || !is_same(image, item.images.front())) continue;
    const ImageVectors vectors = image.vectors;
    taken.predictions = std::move(writer.filler().predict_or_log(std::span(&vectors, 1)).front());
    break;
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
  std::vector<domain::SpaceVector> first;  // the vectors of the first image, when it is known
  std::vector<EmbedInputs> images;
  std::vector<std::size_t> numbers;  // the record of each of `images`
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

// Repeats an attempt to write or remove an item, each time from its current state, while it fails because of
// other writers. `attempt` then returns nullopt.
template <class Outcome>
Result<Outcome> until_done(const std::function<Result<std::optional<Outcome>>()>& attempt) {
  for (int i = 0; i < kMaxAttempts; ++i) {
    FIT_TRY(const std::optional<Outcome> outcome, attempt());
    if (outcome) return *outcome;
  }
  return Error{ErrorCode::kConflict, "other writers keep changing the item; try again", {}, {}};
}

}  // namespace

Catalog::Catalog(Parts parts, const CatalogOptions& options)
    : writer_(std::make_unique<ItemWriter>(std::move(parts), options)) {}

Catalog::~Catalog() = default;

// The caller holds the item's lock.
Result<std::optional<UpsertOutcome>> Catalog::write(const ItemInput& input,
                                                    const std::optional<ItemRecord>& base) {
  FIT_CHECK(writer_->check(input));
  domain::ItemWrite item;
  item.listing = input.listing;
  item.content_hash = content_hash(input);
  if (base && base->content_hash == item.content_hash) {
    writer_->count_unchanged();
    return UpsertOutcome{base->id, store::UpsertKind::kUnchanged};
  }
  if (base) item.expected_version = base->version();
  TakenImages taken;
  if (!input.images.empty()) {
    FIT_TRY(taken, take_images(*writer_, input, base ? std::optional(base->id) : std::nullopt));
  } else if (base) {
    FIT_TRY(taken, keep_images(*writer_, *base));
  } else {
    return invalid("images", "a new item needs at least one image");
  }
  item.images = std::move(taken.records);
  writer_->filler().fill(item, taken.predictions);
  const auto outcomes = writer_->write(std::span(&item, 1));
  if (outcomes) return outcomes->at(0);
  if (base && outcomes.error().code == ErrorCode::kConflict) return std::nullopt;
  return outcomes.error();
}

Result<UpsertOutcome> Catalog::put(const ItemInput& input) {
  const domain::ItemKey key{input.listing.source, input.listing.external_id};
  const std::lock_guard lock(writer_->lock_of(key.source, key.external_id));
  return until_done<UpsertOutcome>([&]() -> Result<std::optional<UpsertOutcome>> {
    store::Items& items = writer_->database().items();
    FIT_TRY(const auto found, items.find(std::span(&key, 1)));
    std::optional<ItemRecord> base;
    if (found.at(0)) {
      auto record = items.get(found[0]->id);
      if (!record && record.error().code != ErrorCode::kNotFound) return record.error();
      if (record) base = *std::move(record);
    }
    return write(input, base);
  });
}

Result<UpsertOutcome> Catalog::change(ItemId id, const Precondition& required, const Change& make_input) {
  store::Items& items = writer_->database().items();
  FIT_TRY(const ItemRecord first, items.get(id));
  const domain::Listing& key = first.listing;
  const auto differs = [](const std::string& given, const std::string& now) {
    return !given.empty() && given != now;
  };
  const std::lock_guard lock(writer_->lock_of(key.source, key.external_id));
  return until_done<UpsertOutcome>([&]() -> Result<std::optional<UpsertOutcome>> {
    FIT_TRY(const ItemRecord base, items.get(id));
    if (required) FIT_CHECK(required(base));
    FIT_TRY(ItemInput input, make_input(base));
    if (differs(input.listing.source, key.source)) {
      return Error{ErrorCode::kConflict, "an item's source cannot change", "source", {}};
    }
    if (differs(input.listing.external_id, key.external_id)) {
      return Error{ErrorCode::kConflict, "an item's external_id cannot change", "external_id", {}};
    }
    input.listing.source = key.source;
    input.listing.external_id = key.external_id;
    return write(input, base);
  });
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
  if (!required) return writer_->remove(id);
  const auto done = until_done<ItemVersion>([&]() -> Result<std::optional<ItemVersion>> {
    FIT_TRY(const ItemRecord item, writer_->database().items().get(id));
    FIT_CHECK(required(item));
    const auto removed = writer_->remove(item.version());
    if (removed) return item.version();
    if (removed.error().code == ErrorCode::kConflict) return std::nullopt;
    return removed.error();
  });
  if (!done) return done.error();
  return {};
}

Result<ImageFile> Catalog::thumbnail(ImageId id) {
  FIT_TRY(const domain::ImageRecord image, writer_->database().items().image(id));
  if (auto ready = writer_->files().open_thumbnail(image.sha256)) return ready;
  FIT_TRY(const Bytes original, writer_->loader().load_known("image", image));
  FIT_TRY(Bytes made, writer_->processor().thumbnail("image", original));
  // The thumbnail of an original that changed since it was indexed must not be stored under its old digest.
  if (sha256_hex(original) == image.sha256) {
    if (auto stored = writer_->files().put_thumbnail(image.sha256, made); !stored) {
      writer_->log().error("a thumbnail could not be stored", stored.error());
    } else if (auto file = writer_->files().open_thumbnail(image.sha256)) {
      return file;
    }
  }
  return image_file("image", std::move(made));
}

Result<ImageFile> Catalog::original(ImageId id) {
  FIT_TRY(const domain::ImageRecord image, writer_->database().items().image(id));
  if (image.location.find("://") != std::string::npos)
    return not_found("this image is not stored here; see its URL");
  return writer_->loader().open_known("image", image);
}

}  // namespace fit::catalog
