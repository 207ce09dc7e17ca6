#include "catalog/item_writer.h"

#include <algorithm>
#include <unordered_map>

#include "base/format.h"
#include "base/hash.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

Counter& write_counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("fit_items_written_total", "Items written to the catalogue", {{"outcome", outcome}});
}

// The storage's trouble rather than the image's: no field is at fault, and paths are for the log alone.
Error not_stored(Error error) {
  error.detail = error.message + (error.detail.empty() ? "" : ": " + error.detail);
  error.message = error.code == ErrorCode::kStorageFull
                      ? "the picture could not be stored: no space left, or read-only"
                      : "the picture could not be stored";
  if (error.code != ErrorCode::kStorageFull) error.code = ErrorCode::kInternal;
  error.field.clear();
  return error;
}

}  // namespace

ItemWriter::ItemWriter(Catalog::Parts given_parts, CatalogOptions given_options)
    : parts(std::move(given_parts)),
      options(std::move(given_options)),
      files(options.storage_path),
      loader(parts.http, files,
             {options.fetch_limits, options.image_limits.max_bytes, options.allow_local_paths}),
      processor(parts.spaces, {options.image_limits, options.thumbnail_side}, parts.metrics),
      filler(parts.ontology, parts.spaces, parts.log),
      created(write_counter(parts.metrics, "created")),
      updated(write_counter(parts.metrics, "updated")),
      unchanged(write_counter(parts.metrics, "unchanged")),
      removed(write_counter(parts.metrics, "removed")) {}

Result<void> ItemWriter::check(const ItemInput& input) const {
  if (input.listing.source.empty()) return invalid("source", "must not be empty");
  if (input.listing.external_id.empty()) return invalid("external_id", "must not be empty");
  if (input.images.size() > kMaxImagesPerItem) {
    return invalid("images", fit::format("must not hold more than {} pictures", kMaxImagesPerItem));
  }
  for (std::size_t i = 0; i < input.images.size(); ++i) {
    FIT_CHECK(loader.check(fit::format("images[{}]", i), input.images[i]));
  }
  return {};
}

Result<std::vector<ItemWriter::KnownImages>> ItemWriter::known_images(std::span<const ItemId> items) {
  std::vector<KnownImages> known(items.size());
  if (items.empty()) return known;
  FIT_TRY(auto records, parts.store.items().get(items));
  std::unordered_map<ImageId, std::vector<domain::SpaceVector>> vectors_of;
  for (const ActiveSpace& space : parts.spaces) {
    FIT_TRY(auto vectors, parts.store.vectors().of_items(space.space_id, items));
    for (domain::ImageVector& vector : vectors)
      vectors_of[vector.image].push_back({space.space_id, std::move(vector.values)});
  }
  std::unordered_map<ItemId, std::size_t> place;
  for (std::size_t i = 0; i < items.size(); ++i) place[items[i]] = i;
  for (domain::ItemRecord& record : records) {
    for (domain::ImageRecord& image : record.images) {
      auto& vectors = vectors_of[image.id];
      if (vectors.size() == parts.spaces.size())
        known[place[record.id]].push_back({std::move(image), std::move(vectors)});
    }
  }
  return known;
}

Result<ItemWriter::LoadedImage> ItemWriter::load(std::string_view field, ImageSource& source,
                                                 KnownImages& known) const {
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
      take_known([&](const domain::ImageRecord& image) { return image.location == source.location; })) {
    return loaded;
  }
  FIT_TRY(loaded.file, loader.load(field, source));
  if (known.empty()) return loaded;
  const std::string sha256 = sha256_hex(loaded.file);
  take_known([&](const domain::ImageRecord& image) {
    return image.sha256 == sha256 && (!is_sent || blobs::is_stored(image.location));
  });
  if (loaded.known && !is_sent) loaded.known->location = source.location;
  return loaded;
}

Result<ItemWriter::TakenImage> ItemWriter::take(std::string_view field, LoadedImage loaded) {
  TakenImage taken;
  domain::ImageFields& fields = taken.record;
  if (loaded.known) {
    fields = static_cast<const domain::ImageFields&>(*loaded.known);
    taken.known_vectors = std::move(loaded.known->vectors);
    files.put_again(fields.location);
    return taken;
  }
  FIT_TRY(ProcessedImage image, processor.read(field, loaded.file));
  fields = std::move(image.fields);
  if (auto kept = files.put_thumbnail(fields.sha256, image.thumbnail); !kept) return not_stored(kept.error());
  fields.location = std::move(loaded.location);
  if (fields.location.empty()) {
    auto kept = files.put_original(fields.sha256, image.format, loaded.file);
    if (!kept) return not_stored(kept.error());
    fields.location = *std::move(kept);
  }
  taken.inputs = std::move(image.inputs);
  return taken;
}

void ItemWriter::note(std::span<const store::UpsertOutcome> outcomes) {
  std::size_t changes = 0;
  for (const store::UpsertOutcome& outcome : outcomes) {
    switch (outcome.kind) {
      case store::UpsertKind::kCreated:
        created.add();
        break;
      case store::UpsertKind::kUpdated:
        updated.add();
        break;
      case store::UpsertKind::kUnchanged:
        unchanged.add();
        continue;
    }
    ++changes;
  }
  if (changes > 0 && parts.on_change) parts.on_change();
}

std::mutex& ItemWriter::lock_of(const std::string& source, const std::string& external_id) {
  auto& locks = parts.locks->all;
  return locks[xxh3(as_bytes(external_id), xxh3(as_bytes(source))) % locks.size()];
}

}  // namespace fit::catalog
