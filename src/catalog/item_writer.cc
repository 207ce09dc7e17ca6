#include "catalog/item_writer.h"

#include <algorithm>
#include <thread>
#include <unordered_map>

#include "base/format.h"
#include "base/hash.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

Counter& write_counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("fit_items_written_total", "Items written to the catalogue", {{"outcome", outcome}});
}

// Makes an error of the storage, which names no field. Paths move to the private detail.
Error not_stored(Error error) {
  error.detail = error.message + (error.detail.empty() ? "" : ": " + error.detail);
  error.message = error.code == ErrorCode::kStorageFull
                      ? "the image could not be stored: no space left, or read-only"
                      : "the image could not be stored";
  if (error.code != ErrorCode::kStorageFull) error.code = ErrorCode::kInternal;
  error.field.clear();
  return error;
}

}  // namespace

ItemWriter::ItemWriter(Catalog::Parts parts, const CatalogOptions& options)
    : parts_(std::move(parts)),
      image_limits_(options.image_limits),
      decoders_(std::max(1U, std::thread::hardware_concurrency())),
      loader_(parts_.http, parts_.files,
              {options.fetch_limits, options.image_limits.max_bytes, options.allow_local_paths}),
      processor_(parts_.spaces, {options.image_limits, options.thumbnail_side}, parts_.metrics),
      filler_(parts_.ontology, parts_.spaces, parts_.log),
      created_(write_counter(parts_.metrics, "created")),
      updated_(write_counter(parts_.metrics, "updated")),
      unchanged_(write_counter(parts_.metrics, "unchanged")),
      removed_(write_counter(parts_.metrics, "removed")) {}

Result<void> ItemWriter::check(const ItemInput& input) const {
  if (input.listing.source.empty()) return invalid("source", "must not be empty");
  if (input.listing.external_id.empty()) return invalid("external_id", "must not be empty");
  return check(input.images);
}

Result<void> ItemWriter::check(std::span<const ImageSource> images) const {
  if (images.size() > kMaxImagesPerItem) {
    return invalid("images", fit::format("must not hold more than {} images", kMaxImagesPerItem));
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    FIT_CHECK(loader_.check(fit::format("images[{}]", i), images[i]));
  }
  return {};
}

Result<std::vector<ItemWriter::KnownImages>> ItemWriter::known_images(std::span<const ItemId> items) {
  std::vector<KnownImages> known(items.size());
  if (items.empty()) return known;
  FIT_TRY(auto records, parts_.store.items().get(items));
  std::unordered_map<ImageId, std::vector<domain::SpaceVector>> vectors_of;
  for (const ActiveSpace& space : parts_.spaces) {
    FIT_TRY(auto vectors, parts_.store.vectors().of_items(space.space_id, items));
    for (domain::ImageVector& vector : vectors)
      vectors_of[vector.image].push_back({space.space_id, std::move(vector.values)});
  }
  std::unordered_map<ItemId, std::size_t> order;
  for (std::size_t i = 0; i < items.size(); ++i) order[items[i]] = i;
  for (domain::ItemRecord& record : records) {
    for (domain::ImageRecord& image : record.images) {
      auto& vectors = vectors_of[image.id];
      if (vectors.size() == parts_.spaces.size())
        known[order[record.id]].push_back({std::move(image), std::move(vectors)});  // without its ids
    }
  }
  return known;
}

Result<ItemWriter::LoadedImage> ItemWriter::load(std::string_view field, ImageSource& source,
                                                 KnownImages& known, const FetchLimits& limits) const {
  LoadedImage loaded{source.location, {}, std::nullopt};
  const auto take_known = [&](auto same) {
    const auto found = std::ranges::find_if(known, same);
    if (found == known.end()) return false;
    loaded.known = std::move(*found);
    known.erase(found);
    return true;
  };
  const bool is_sent = !source.bytes.empty();
  if (!is_sent && is_http_url(source.location) &&
      take_known([&](const domain::ImageFields& image) { return image.location == source.location; })) {
    return loaded;
  }
  FIT_TRY(loaded.file, loader_.load(field, source, limits));
  if (known.empty()) return loaded;
  const std::string sha256 = sha256_hex(loaded.file);
  take_known([&](const domain::ImageFields& image) {
    return image.sha256 == sha256 && (!is_sent || is_stored(image.location));
  });
  if (loaded.known && !is_sent) loaded.known->location = source.location;
  return loaded;
}

Result<ItemWriter::TakenImage> ItemWriter::take(std::string_view field, LoadedImage loaded) {
  TakenImage taken;
  domain::ImageFields& fields = taken.record;
  if (loaded.known) {
    taken.record = *std::move(loaded.known);
    taken.known_vectors = std::exchange(taken.record.vectors, {});
    const bool is_sent = loaded.location.empty() && !loaded.file.empty();
    if (!is_sent || !is_stored(fields.location)) {
      parts_.files.renew_original(fields.location);
    } else if (auto kept = parts_.files.put_original(fields, loaded.file); !kept) {
      return not_stored(kept.error());
    }
    return taken;
  }
  decoders_.acquire();
  auto processed = processor_.read(field, loaded.file);
  decoders_.release();
  FIT_TRY(ProcessedImage image, std::move(processed));
  fields = std::move(image.fields);
  if (auto stored = parts_.files.put_thumbnail(fields.sha256, image.thumbnail); !stored)
    return not_stored(stored.error());
  fields.location = std::move(loaded.location);
  if (fields.location.empty()) {
    auto stored = parts_.files.put_original(fields, loaded.file);
    if (!stored) return not_stored(stored.error());
    fields.location = *std::move(stored);
  }
  taken.inputs = std::move(image.inputs);
  return taken;
}

std::vector<domain::ImageWrite> ItemWriter::keep(const domain::ItemRecord& item) {
  std::vector<domain::ImageWrite> images;
  for (const domain::ImageRecord& image : item.images) {
    static_cast<domain::ImageFields&>(images.emplace_back()) = image;
    parts_.files.renew_original(image.location);
  }
  return images;
}

Result<void> ItemWriter::restore(const ItemInput& input) {
  for (const ImageSource& image : input.images) {
    if (image.bytes.empty()) continue;
    if (auto restored = parts_.files.restore_original(image.bytes); !restored)
      return not_stored(restored.error());
  }
  return {};
}

Result<std::vector<store::UpsertOutcome>> ItemWriter::write(std::span<const domain::ItemWrite> items) {
  FIT_TRY(auto outcomes, parts_.store.items().upsert(items));
  bool has_changed = false;
  for (const store::UpsertOutcome& outcome : outcomes) {
    switch (outcome.kind) {
      case store::UpsertKind::kCreated:
        created_.add();
        break;
      case store::UpsertKind::kUpdated:
        updated_.add();
        break;
      case store::UpsertKind::kUnchanged:
        unchanged_.add();
        continue;
    }
    has_changed = true;
  }
  if (has_changed) changed();
  return outcomes;
}

void ItemWriter::count_unchanged(std::int64_t items) {
  unchanged_.add(static_cast<double>(items));
}

Result<void> ItemWriter::remove(ItemId item) {
  FIT_CHECK(parts_.store.items().remove(item));
  removed();
  return {};
}

Result<void> ItemWriter::remove(const domain::ItemVersion& expected_version) {
  FIT_CHECK(parts_.store.items().remove(expected_version));
  removed();
  return {};
}

void ItemWriter::removed() {
  removed_.add();
  changed();
}

void ItemWriter::changed() const {
  if (parts_.on_change) parts_.on_change();
}

std::mutex& ItemWriter::lock_of(const std::string& source, const std::string& external_id) {
  auto& locks = parts_.locks->all;
  return locks[xxh3(as_bytes(external_id), xxh3(as_bytes(source))) % locks.size()];
}

}  // namespace fit::catalog
