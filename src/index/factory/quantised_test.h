#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "index/quantised/quantised_index.h"
#include "index/test_vectors.h"

// For tests of the quantised kind.
namespace fit::index {

inline constexpr int kWide = 32;

inline IndexOptions small_options(std::size_t delta_images) {
  return {
      .kind = IndexKind::kQuantised, .dimensions = kWide, .build_threads = 2, .delta_images = delta_images};
}

inline std::set<std::string> segment_files(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with("segment-")) names.insert(name);
  }
  return names;
}

inline std::vector<domain::Neighbor> found_by(const VectorIndex& index, std::span<const float> query,
                                              const SearchOptions& options = {}) {
  return index.search(query, options).value();
}

}  // namespace fit::index
