#include "catalog/image_pruning.h"

#include <algorithm>
#include <charconv>

#include "base/clock.h"
#include "base/format.h"
#include "base/text.h"

namespace fit::catalog {
namespace {

constexpr std::size_t kPruningPage = 10'000;
constexpr std::size_t kKeyDigits = 16;

// The first digits of a SHA-256 as a number. If two images have the same key, a file stays that could be
// removed.
std::uint64_t key_of(std::string_view sha256) {
  std::uint64_t key = 0;
  std::from_chars(sha256.data(), sha256.data() + std::min(sha256.size(), kKeyDigits), key, 16);
  return key;
}

// The keys of the files that items and others name, ascending.
Result<std::vector<std::uint64_t>> named_keys(store::Catalogue& store, const PruneOptions& options,
                                              const std::stop_token& stop) {
  FIT_TRY(const store::Counts counts, store.items().counts());
  std::vector<std::uint64_t> keys;
  keys.reserve(static_cast<std::size_t>(counts.images));
  const Progress progress = options.progress.stage("images");
  for (ImageId after;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto images, store.items().list_images(after, kPruningPage));
    if (images.empty()) break;
    for (const domain::ImageRecord& image : images) keys.push_back(key_of(image.sha256));
    after = images.back().id;
    const auto done = static_cast<std::int64_t>(keys.size());
    progress(done, std::max(counts.images, done));
  }
  if (options.named_elsewhere) {
    FIT_CHECK(options.named_elsewhere([&](std::string_view sha256) -> Result<void> {
      if (stop.stop_requested()) return cancelled();
      keys.push_back(key_of(sha256));
      return {};
    }));
  }
  std::ranges::sort(keys);
  return keys;
}

// Decides which files are removed, removes them and counts both kinds.
class Pruning {
 public:
  // Files that were put at or after `before` stay.
  Pruning(std::vector<std::uint64_t> named, Timestamp before, const PruneOptions& options,
          const std::stop_token& stop, PruneReport& report)
      : named_(std::move(named)), options_(options), stop_(stop), before_(before), report_(report) {}

  // Examines all files of one blob store. Files without an item become leftovers, and count as `removed` when
  // they are removed.
  Result<void> judge_all(blobs::BlobStore& store, PruneReport::Files& removed) {
    return store.list([&](const blobs::BlobInfo& blob) -> Result<void> {
      if (stop_.stop_requested()) return cancelled();
      judge(store, blob, removed);
      return {};
    });
  }

  Result<void> remove() {
    const Progress progress = options_.progress.stage("files");
    std::int64_t done = 0;
    for (const Leftover& one : leftovers_) {
      if (stop_.stop_requested()) return cancelled();
      FIT_TRY(const bool is_gone, one.store->remove(one.blob, before_));
      count(is_gone ? *one.counted_as : report_.young, one.blob);
      progress(++done, std::ssize(leftovers_));
    }
    return {};
  }

  std::size_t leftovers() const { return leftovers_.size(); }

 private:
  struct Leftover {
    blobs::BlobStore* store = nullptr;
    blobs::BlobInfo blob;
    PruneReport::Files* counted_as = nullptr;
  };

  void judge(blobs::BlobStore& store, const blobs::BlobInfo& blob, PruneReport::Files& removed) {
    const bool is_named =
        !blob.is_unfinished && std::ranges::binary_search(named_, key_of(blobs::sha256_of_name(blob.name)));
    if (is_named) {
      count(report_.named, blob);
    } else if (blob.put_at >= before_) {
      count(report_.young, blob);
    } else {
      PruneReport::Files& files = blob.is_unfinished ? report_.unfinished : removed;
      if (options_.dry_run) count(files, blob);
      leftovers_.push_back({&store, blob, &files});
    }
  }

  static void count(PruneReport::Files& files, const blobs::BlobInfo& blob) {
    ++files.count;
    files.bytes += blob.size_bytes;
  }

  const std::vector<std::uint64_t> named_;
  const PruneOptions& options_;
  const std::stop_token stop_;
  const Timestamp before_;
  std::vector<Leftover> leftovers_;
  PruneReport& report_;
};

Error nothing_named(std::size_t files) {
  return {ErrorCode::kConflict,
          fit::format("no item of the catalogue names any of the {} stored image files: is DATABASE_URL "
                      "that of this storage? Say --force if it is",
                      with_thousands(static_cast<std::int64_t>(files))),
          {},
          {}};
}

}  // namespace

Result<void> prune_images(store::Catalogue& store, ImageFiles& files, const PruneOptions& options,
                          const std::stop_token& stop, PruneReport& report) {
  report = {};
  if (options.grace < std::chrono::hours(1)) return invalid("grace", "must be at least an hour");
  const auto hold = files.originals().hold(blobs::HoldFor::kRemoving);
  if (!hold) {
    Error error = hold.error();
    if (error.code == ErrorCode::kConflict)
      error.message = "a backup or another fit assets prune is running; try again when it has ended";
    return error;
  }
  // The grace is measured from now, because reading the items may take longer than it.
  const Timestamp before = now() - options.grace;
  FIT_TRY(auto named, named_keys(store, options, stop));
  Pruning pruning(std::move(named), before, options, stop, report);
  FIT_CHECK(pruning.judge_all(files.originals(), report.originals));
  FIT_CHECK(pruning.judge_all(files.thumbnails(), report.thumbnails));
  if (pruning.leftovers() > 0 && report.named.count == 0 && !options.force) {
    return nothing_named(pruning.leftovers());
  }
  if (options.dry_run) return {};
  return pruning.remove();
}

}  // namespace fit::catalog
