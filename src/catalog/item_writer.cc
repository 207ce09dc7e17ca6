#include "catalog/item_writer.h"

#include <algorithm>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "base/format.h"
#include "base/hash.h"
#include "base/scope_exit.h"
#include "blobs/storage_error.h"
#include "catalog/content_filter.h"
#include "catalog/quotas.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

Counter& write_counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("fit_items_written_total", "Items written to the catalogue", {{"outcome", outcome}});
}

// Notes what the server has said of a file that has proved to be this image.
void note_validators(const ItemWriter::LoadedImage& loaded, const domain::ImageFields& image) {
  if (loaded.memory == nullptr || loaded.validators.is_empty()) return;
  loaded.memory->note(image.location, image.sha256, loaded.validators);
}

}  // namespace

ItemWriter::ItemWriter(Catalog::Parts parts, const CatalogOptions& options)
    : parts_(std::move(parts)),
      image_limits_(options.image_limits),
      decoders_(std::max(1U, std::thread::hardware_concurrency())),
      loader_(parts_.http, parts_.files,
              {options.fetch_limits, options.image_limits.max_bytes, options.allow_local_paths}),
      processor_(
          parts_.spaces,
          {.limits = options.image_limits,
           .thumbnail_side = options.thumbnail_side,
           .classifier = parts_.content_filter == nullptr ? nullptr : parts_.content_filter->classifier()},
          parts_.metrics),
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
  LoadedImage loaded{.location = source.location, .file = {}, .known = std::nullopt};
  const auto take_known = [&](auto same) {
    const auto found = std::ranges::find_if(known, same);
    if (found == known.end()) return false;
    loaded.known = std::move(*found);
    known.erase(found);
    return true;
  };
  const bool is_sent = !source.bytes.empty();
  const bool is_fetched = !is_sent && is_http_url(source.location);
  if (is_fetched &&
      take_known([&](const domain::ImageFields& image) { return image.location == source.location; })) {
    FIT_TRY(auto fetched, fetch_if_changed(field, *loaded.known, limits));
    if (!fetched) return loaded;
    loaded.validators = std::move(fetched->validators);
    loaded.memory = limits.memory;
    if (sha256_hex(fetched->file) == loaded.known->sha256) return loaded;
    loaded.file = std::move(fetched->file);
    loaded.former = std::exchange(loaded.known, std::nullopt);
    return loaded;
  }
  if (is_fetched && limits.memory != nullptr) {
    FIT_TRY(auto fetched, loader_.fetch(field, source.location, {}, limits));
    loaded.file = std::move(fetched.file);
    loaded.validators = std::move(fetched.validators);
    loaded.memory = limits.memory;
  } else {
    FIT_TRY(loaded.file, loader_.load(field, source, limits));
  }
  if (known.empty()) return loaded;
  const std::string sha256 = sha256_hex(loaded.file);
  take_known([&](const domain::ImageFields& image) {
    return image.sha256 == sha256 && (!is_sent || is_stored(image.location));
  });
  if (loaded.known && !is_sent) loaded.known->location = source.location;
  return loaded;
}

// What the server sends for a known image; nullopt when it says that the image is as it was, and when that
// cannot be found out: what the catalogue has stays. Errors: kCancelled, and those of the memory, which name
// no field.
Result<std::optional<FetchedImage>> ItemWriter::fetch_if_changed(std::string_view field,
                                                                 const domain::ImageFields& known,
                                                                 const FetchLimits& limits) const {
  if (limits.memory == nullptr) return std::nullopt;
  FIT_TRY(const auto validators, limits.memory->find(known.location, known.sha256));
  if (validators.is_empty()) return std::nullopt;
  auto fetched = loader_.fetch(field, known.location, validators, limits);
  if (!fetched && fetched.error().code == ErrorCode::kCancelled) return fetched.error();
  if (!fetched || fetched->is_unchanged) return std::nullopt;
  return std::optional(*std::move(fetched));
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
      return blobs::storage_error(kept.error(), "image");
    }
    note_validators(loaded, fields);
    return taken;
  }
  const bool stores_original = loaded.location.empty();
  Decoded decoded = decode(field, loaded.file);
  if (!decoded.image && loaded.former) {
    loaded.known = std::exchange(loaded.former, std::nullopt);
    loaded.memory = nullptr;  // the validators are those of another file
    return take(field, std::move(loaded));
  }
  FIT_TRY(ProcessedImage image, std::move(decoded.image));
  FIT_CHECK(std::move(decoded.judged));
  fields = std::move(image.fields);
  if (stores_original) FIT_CHECK(check_quota(fields, loaded.file.size()));
  if (auto stored = parts_.files.put_thumbnail(fields.sha256, image.thumbnail); !stored)
    return blobs::storage_error(stored.error(), "image");
  fields.location = std::move(loaded.location);
  if (stores_original) {
    auto stored = parts_.files.put_original(fields, loaded.file);
    if (!stored) return blobs::storage_error(stored.error(), "image");
    fields.location = *std::move(stored);
  }
  note_validators(loaded, fields);
  taken.inputs = std::move(image.inputs);
  return taken;
}

ItemWriter::Decoded ItemWriter::decode(std::string_view field, ByteView file) {
  decoders_.acquire();
  const ScopeExit done([this] { decoders_.release(); });
  Decoded read{.image = processor_.read(field, file), .judged = {}};
  if (read.image && parts_.content_filter != nullptr)
    read.judged = parts_.content_filter->judge(field, read.image->fields, read.image->classified);
  return read;
}

bool ItemWriter::refuses_objectionable() const {
  return parts_.content_filter != nullptr && parts_.content_filter->mode() == ContentFilter::Mode::kRefuse;
}

Result<void> ItemWriter::refuse_objectionable(std::string_view field, ByteView file) {
  if (!refuses_objectionable()) return {};
  Decoded read = decode(field, file);
  if (!read.image) return std::move(read.image).error();
  return std::move(read.judged);
}

// A file that is stored already, as that of an asset, needs no room.
Result<void> ItemWriter::check_quota(const domain::ImageFields& image, std::size_t size_bytes) {
  if (!parts_.quotas) return {};
  auto room = parts_.quotas->check_bytes(size_bytes);
  if (room) {
    parts_.quotas->note_bytes(size_bytes);
    return {};
  }
  FIT_TRY(const bool is_stored, parts_.files.originals().exists(original_name(image.sha256, image.format)));
  return is_stored ? Result<void>() : room;
}

std::vector<Result<ImageProcessor::Vectors>> ItemWriter::embed(std::vector<EmbedInputs> images) const {
  if (!parts_.embed_later) return processor_.embed(std::move(images));
  return std::vector<Result<ImageProcessor::Vectors>>(images.size());
}

Result<std::vector<ItemWriter::MissingVectors>> ItemWriter::missing_vectors(std::span<const ItemId> items) {
  FIT_TRY(const auto records, parts_.store.items().get(items));
  std::vector<MissingVectors> missing;
  for (const ActiveSpace& space : parts_.spaces) {
    FIT_TRY(const auto vectors, parts_.store.vectors().of_items(space.space_id, items));
    std::unordered_set<ImageId> embedded;
    for (const domain::ImageVector& vector : vectors) embedded.insert(vector.image);
    MissingVectors one{.space = space, .images = {}};
    for (const domain::ItemRecord& record : records) {
      for (const domain::ImageRecord& image : record.images) {
        if (!embedded.contains(image.id)) one.images.push_back(image);
      }
    }
    if (!one.images.empty()) missing.push_back(std::move(one));
  }
  return missing;
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
      return blobs::storage_error(restored.error(), "image");
  }
  return {};
}

Result<std::vector<store::UpsertOutcome>> ItemWriter::write(std::span<const domain::ItemWrite> items) {
  if (parts_.quotas) FIT_CHECK(parts_.quotas->check_items(items));
  FIT_TRY(auto outcomes, parts_.store.items().upsert(items));
  if (parts_.quotas) {
    parts_.quotas->note_items(
        std::ranges::count(outcomes, store::UpsertKind::kCreated, &store::UpsertOutcome::kind));
  }
  std::vector<ItemId> written;
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
    written.push_back(outcome.id);
  }
  if (!written.empty()) changed();
  if (parts_.embed_later && !written.empty()) plan_embedding(written);
  return outcomes;
}

// The items are stored: what fails here is found by the search for images without a vector.
void ItemWriter::plan_embedding(std::span<const ItemId> items) {
  const auto missing = missing_vectors(items);
  if (!missing) {
    log().warning("new images are embedded with a delay", {{"reason", missing.error().describe()}});
    return;
  }
  std::set<ItemId> waiting;
  for (const MissingVectors& one : *missing) {
    for (const domain::ImageRecord& image : one.images) waiting.insert(image.item);
  }
  if (!waiting.empty()) parts_.embed_later(std::vector<ItemId>(waiting.begin(), waiting.end()));
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
  if (parts_.quotas) parts_.quotas->note_items(-1);
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
