#include "catalog/catalog.h"

#include "base/format.h"
#include "base/hash.h"
#include "catalog/content_hash.h"
#include "catalog/edits.h"
#include "catalog/item_patch.h"
#include "catalog/item_writer.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

using domain::ItemRecord;
using domain::ItemVersion;
using store::UpsertOutcome;

constexpr int kMaxAttempts = 10;

bool is_same(const domain::ImageFields& one, const domain::ImageFields& other) {
  return one == other;
}

// Keeps the stored images of an item.
Result<TakenImages> keep_images(ItemWriter& writer, const ItemRecord& item) {
  FIT_TRY(const auto known, writer.known_images(std::span(&item.id, 1)));
  TakenImages taken{writer.keep(item), {}};
  for (const domain::ImageWrite& image : known.at(0)) {
    if (item.images.empty() || !is_same(image, item.images.front())) continue;
    taken.first_vectors = image.vectors;
    break;
  }
  return taken;
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

Result<std::optional<ItemRecord>> Catalog::find(const domain::ItemKey& key) {
  store::Items& items = writer_->database().items();
  FIT_TRY(const auto found, items.find(std::span(&key, 1)));
  if (!found.at(0)) return std::nullopt;
  auto record = items.get(found[0]->id);
  if (record) return std::optional(*std::move(record));
  if (record.error().code == ErrorCode::kNotFound) return std::nullopt;
  return record.error();
}

Result<std::optional<UpsertOutcome>> Catalog::skip_unchanged(const ItemInput& input, const std::string& hash,
                                                             const std::optional<ItemRecord>& base) {
  if (!base || base->content_hash != hash) return std::nullopt;
  FIT_CHECK(writer_->restore(input));
  writer_->count_unchanged();
  return UpsertOutcome{base->id, store::UpsertKind::kUnchanged};
}

// The caller holds the item's lock.
Result<std::optional<UpsertOutcome>> Catalog::write(const ItemInput& input, const std::string& hash,
                                                    const std::optional<ItemRecord>& base,
                                                    const PreparedImages& images) {
  FIT_TRY(const auto unchanged, skip_unchanged(input, hash, base));
  if (unchanged) return unchanged;
  domain::ItemWrite item;
  item.listing = input.listing;
  item.content_hash = hash;
  if (base) item.expected_version = base->version();
  TakenImages taken;
  if (!input.images.empty()) {
    FIT_TRY(auto prepared,
            images.take(*writer_, input.images, base ? std::optional(base->id) : std::nullopt));
    if (!prepared) return std::nullopt;
    taken = *std::move(prepared);
  } else if (base) {
    FIT_TRY(taken, keep_images(*writer_, *base));
  } else {
    return invalid("images", "a new item needs at least one image");
  }
  item.images = std::move(taken.records);
  writer_->filler().fill(item, writer_->filler().predict_or_log(taken.first_vectors));
  const auto outcomes = writer_->write(std::span(&item, 1));
  if (outcomes) return outcomes->at(0);
  if (base && outcomes.error().code == ErrorCode::kConflict) return std::nullopt;
  return outcomes.error();
}

Result<bool> Catalog::must_fetch(std::span<const ImageSource> images, std::optional<ItemId> item) {
  const auto is_remote = [](const ImageSource& image) {
    return image.bytes.empty() && is_http_url(image.location);
  };
  if (std::ranges::none_of(images, is_remote)) return false;
  std::vector<ItemWriter::KnownImages> known(1);
  if (item) {
    FIT_TRY(known, writer_->known_images(std::span(&*item, 1)));
  }
  return std::ranges::any_of(images, [&](const ImageSource& image) {
    return is_remote(image) &&
           !std::ranges::contains(known[0], image.location, &domain::ImageFields::location);
  });
}

Result<PreparedImages> Catalog::prepare(std::span<const ImageSource> images, std::optional<ItemId> item,
                                        std::stop_token stop) {
  FIT_CHECK(writer_->check(images));
  PreparedImages prepared;
  FIT_CHECK(prepared.load(*writer_, images, item, writer_->loader().limits_from_now(std::move(stop))));
  return prepared;
}

Result<UpsertOutcome> Catalog::put(const ItemInput& input, PreparedImages images, PutAs as) {
  FIT_CHECK(writer_->check(input));
  const std::string own_hash = content_hash(input);
  const auto hash_over = [&](const std::optional<ItemRecord>& base) {
    return base && as == PutAs::kEdit ? with_edits(own_hash, edits_after_put(*base, input, own_hash))
                                      : own_hash;
  };
  const domain::ItemKey key{input.listing.source, input.listing.external_id};
  const FetchLimits limits = writer_->loader().limits_from_now();
  return until_done<UpsertOutcome>([&]() -> Result<std::optional<UpsertOutcome>> {
    FIT_TRY(std::optional<ItemRecord> base, find(key));
    FIT_TRY(const auto unchanged, skip_unchanged(input, hash_over(base), base));
    if (unchanged) return unchanged;
    FIT_CHECK(images.load(*writer_, input.images, base ? std::optional(base->id) : std::nullopt, limits));
    const std::lock_guard lock(writer_->lock_of(key.source, key.external_id));
    FIT_TRY(base, find(key));
    return write(input, hash_over(base), base, images);
  });
}

Result<UpsertOutcome> Catalog::change(ItemId id, const Precondition& required, const Change& make_input,
                                      PreparedImages images) {
  store::Items& items = writer_->database().items();
  const FetchLimits limits = writer_->loader().limits_from_now();
  const auto next_input = [&](const ItemRecord& base) -> Result<ItemInput> {
    const domain::Listing& key = base.listing;
    const auto differs = [](const std::string& given, const std::string& now) {
      return !given.empty() && given != now;
    };
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
    FIT_CHECK(writer_->check(input));
    return input;
  };
  return until_done<UpsertOutcome>([&]() -> Result<std::optional<UpsertOutcome>> {
    FIT_TRY(ItemRecord base, items.get(id));
    FIT_TRY(ItemInput input, next_input(base));
    FIT_TRY(const auto unchanged, skip_unchanged(input, content_hash(input), base));
    if (unchanged) return unchanged;
    FIT_CHECK(images.load(*writer_, input.images, id, limits));
    const std::lock_guard lock(writer_->lock_of(base.listing.source, base.listing.external_id));
    FIT_TRY(base, items.get(id));
    FIT_TRY(input, next_input(base));
    return write(input, content_hash(input), base, images);
  });
}

Result<UpsertOutcome> Catalog::replace(ItemId id, const ItemInput& input, const Precondition& required,
                                       PreparedImages images) {
  const auto edited = [&input](const ItemRecord& item) -> Result<ItemInput> {
    ItemInput whole = input;
    for (const auto key : {&domain::Listing::source, &domain::Listing::external_id}) {
      if ((whole.listing.*key).empty()) whole.listing.*key = item.listing.*key;
    }
    whole.edits = edits_after_put(item, whole, content_hash(whole));
    return whole;
  };
  return change(id, required, edited, std::move(images));
}

Result<UpsertOutcome> Catalog::patch(ItemId id, const Json& patch, std::size_t max_image_bytes,
                                     const Precondition& required, PreparedImages images) {
  return change(
      id, required,
      [&patch, max_image_bytes](const ItemRecord& item) { return apply_patch(item, patch, max_image_bytes); },
      std::move(images));
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

Result<std::optional<ImageFile>> Catalog::stored_thumbnail(ImageId id) {
  FIT_TRY(const domain::ImageRecord image, writer_->database().items().image(id));
  auto ready = writer_->files().open_thumbnail(image.sha256);
  if (!ready) return std::nullopt;
  return std::optional(*std::move(ready));
}

Result<ImageFile> Catalog::thumbnail(ImageId id, const std::stop_token& stop) {
  FIT_TRY(auto ready, stored_thumbnail(id));
  if (ready) return *std::move(ready);
  FIT_TRY(const domain::ImageRecord image, writer_->database().items().image(id));
  FIT_TRY(const Bytes original,
          writer_->loader().load_known("image", image, writer_->loader().limits_from_now(stop)));
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
