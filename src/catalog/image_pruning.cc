#include "catalog/image_pruning.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "base/clock.h"
#include "base/folder_lock.h"
#include "base/format.h"
#include "base/text.h"
#include "blobs/image_store.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 10'000;
constexpr std::size_t kKeyDigits = 16;

// The start of a SHA-256: one that two images share keeps a file too many.
std::uint64_t key_of(std::string_view sha256) {
  std::uint64_t key = 0;
  std::from_chars(sha256.data(), sha256.data() + std::min(sha256.size(), kKeyDigits), key, 16);
  return key;
}

// Of the images that items name, ascending.
Result<std::vector<std::uint64_t>> named_keys(store::Catalogue& store, const PruneOptions& options,
                                              const std::atomic<bool>& stop) {
  FIT_TRY(const store::Counts counts, store.items().counts());
  std::vector<std::uint64_t> keys;
  keys.reserve(static_cast<std::size_t>(counts.images));
  for (ImageId after; !stop;) {
    FIT_TRY(const auto images, store.items().list_images(after, kPage));
    if (images.empty()) break;
    for (const domain::ImageRecord& image : images) keys.push_back(key_of(image.sha256));
    after = images.back().id;
    if (options.progress) {
      options.progress("images", static_cast<std::int64_t>(keys.size()),
                       std::max(counts.images, static_cast<std::int64_t>(keys.size())));
    }
  }
  std::ranges::sort(keys);
  return keys;
}

struct State {
  std::int64_t bytes = 0;
  Timestamp put_at;
};

// Nothing for what is gone, or is no file.
std::optional<State> state_of(const fs::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto since_epoch =
      std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return State{status.st_size, Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch))};
}

struct Leftover {
  fs::path path;
  PruneReport::Files* counted_as = nullptr;
};

// Looks through the folders images/ and thumbnails/ of one STORAGE_PATH.
class Pruning {
 public:
  // Files that were put at `before` or later stay.
  Pruning(std::vector<std::uint64_t> named, Timestamp before, const PruneOptions& options,
          const std::atomic<bool>& stop)
      : named_(std::move(named)), options_(options), stop_(stop), before_(before) {}

  Result<void> look_through(const fs::path& folder, PruneReport::Files& left) {
    std::error_code error;
    for (fs::directory_iterator shard(folder, error), end; !error && shard != end && !stop_;
         shard.increment(error)) {
      std::error_code inner;
      for (fs::directory_iterator file(shard->path(), inner); !inner && file != end; file.increment(inner)) {
        judge(file->path(), left);
      }
      // A file of another kind in place of a folder is none of ours.
      if (inner && inner != std::errc::not_a_directory) error = inner;
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      return from_errno("list " + folder.string(), error.value());
    }
    return {};
  }

  Result<void> remove() {
    std::int64_t done = 0;
    for (const Leftover& one : leftovers_) {
      if (stop_) break;
      FIT_CHECK(remove(one));
      if (options_.progress) options_.progress("files", ++done, std::ssize(leftovers_));
    }
    return {};
  }

  std::size_t leftovers() const { return leftovers_.size(); }

  PruneReport report;

 private:
  void judge(const fs::path& path, PruneReport::Files& left) {
    const std::string name = path.filename().string();
    const bool is_unfinished = name.ends_with(".tmp");
    const std::string_view sha256 = blobs::sha256_of_name(name);
    if (!is_unfinished && sha256.empty()) return;  // not ours
    const auto state = state_of(path);
    if (!state) return;
    if (!is_unfinished && std::ranges::binary_search(named_, key_of(sha256))) {
      count(report.named, *state);
    } else if (state->put_at >= before_) {
      count(report.young, *state);
    } else {
      PruneReport::Files& files = is_unfinished ? report.unfinished : left;
      if (options_.dry_run) count(files, *state);
      leftovers_.push_back({path, &files});
    }
  }

  // Whoever puts an image holds the folder together with others, and makes the file new again.
  Result<void> remove(const Leftover& one) {
    FIT_TRY(const auto lock, FolderLock::take(one.path.parent_path(), FolderLock::Kind::kAlone));
    const auto state = state_of(one.path);
    if (!state) return {};
    if (state->put_at >= before_) {
      count(report.young, *state);
      return {};
    }
    std::error_code error;
    fs::remove(one.path, error);
    if (error) return from_errno("remove " + one.path.string(), error.value());
    count(*one.counted_as, *state);
    return {};
  }

  static void count(PruneReport::Files& files, const State& state) {
    ++files.count;
    files.bytes += state.bytes;
  }

  const std::vector<std::uint64_t> named_;
  const PruneOptions& options_;
  const std::atomic<bool>& stop_;
  const Timestamp before_;
  std::vector<Leftover> leftovers_;
};

Error nothing_named(std::size_t files) {
  return {ErrorCode::kConflict,
          fit::format("no item of the catalogue names any of the {} picture files under STORAGE_PATH: is "
                      "DATABASE_URL that of this folder? Say --force if it is",
                      with_thousands(static_cast<std::int64_t>(files))),
          {},
          {}};
}

}  // namespace

Result<PruneReport> prune_images(store::Catalogue& store, const fs::path& storage_path,
                                 const PruneOptions& options, const std::atomic<bool>& stop) {
  if (options.grace < std::chrono::hours(1)) return invalid("grace", "must be at least an hour");
  const fs::path images = storage_path / "images";
  std::error_code error;
  std::optional<FolderLock> alone;
  if (fs::is_directory(images, error)) {
    auto lock = FolderLock::try_take(images, FolderLock::Kind::kAlone);
    if (!lock && lock.error().code == ErrorCode::kConflict) {
      lock.error().message = "a backup or another fit assets prune is at work; try again when it has ended";
    }
    if (!lock) return lock.error();
    alone.emplace(*std::move(lock));
  }
  // Reading what items name may take longer than the grace: it counts from here.
  const Timestamp before = now() - options.grace;
  FIT_TRY(auto named, named_keys(store, options, stop));
  Pruning pruning(std::move(named), before, options, stop);
  PruneReport& report = pruning.report;
  if (!stop) FIT_CHECK(pruning.look_through(images, report.originals));
  if (!stop) FIT_CHECK(pruning.look_through(storage_path / "thumbnails", report.thumbnails));
  if (!stop && pruning.leftovers() > 0 && report.named.count == 0 && !options.force) {
    return nothing_named(pruning.leftovers());
  }
  if (!stop && !options.dry_run) FIT_CHECK(pruning.remove());
  report.stopped = stop;
  return report;
}

}  // namespace fit::catalog
