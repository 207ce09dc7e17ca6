#include "cold_start.h"

#include <fcntl.h>

#include <stdexcept>

#include "base/fd.h"
#include "big_searches.h"
#include "index/factory/open_index.h"
#include "index/quantised/segment.h"

namespace fit::bench {
namespace {

// Drops the files of the folder from the system's cache.
void forget(const std::filesystem::path& folder) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const Fd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  }
}

}  // namespace

Json cold_start(const std::filesystem::path& folder, std::span<const float> query) {
  Json times;
  forget(folder);
  auto start = Clock::now();
  const auto opened = index::open_index(
      folder,
      {.kind = index::IndexKind::kQuantised, .dimensions = static_cast<int>(CliplikeVectors::kDimensions)});
  if (!opened) throw std::runtime_error(opened.error().describe());
  times["open_seconds"] = seconds_since(start);
  start = Clock::now();
  if (auto found = opened->index->search(query, {.limit = ExactAnswers::kLimit}); !found)
    throw std::runtime_error(found.error().describe());
  times["first_search_seconds"] = seconds_since(start);
  forget(folder);
  start = Clock::now();
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (!file.path().filename().string().starts_with("segment-")) continue;
    const auto segment = index::Segment::open(file.path(), CliplikeVectors::kDimensions);
    if (!segment || !(*segment)->load() || !(*segment)->verify_rows({}))
      throw std::runtime_error("a segment is damaged");
  }
  times["read_everything_seconds"] = seconds_since(start);
  return times;
}

}  // namespace fit::bench
