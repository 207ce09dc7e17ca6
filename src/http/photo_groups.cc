#include "http/photo_groups.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/format.h"
#include "base/text.h"
#include "ingest/import/file_titles.h"
#include "style/wardrobe/garment.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxGroupName = 200;  // bytes, as a garment's name

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view stem_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

std::string garment_name(std::string_view stem) {
  const std::string title = ingest::file_title(stem);
  return title.contains('\x7F') ? std::string() : std::string(utf8_prefix(title, kMaxGroupName));
}

}  // namespace

Result<std::vector<PhotoGroup>> group_photos(std::span<const std::string> paths, bool by_folder) {
  std::vector<std::size_t> order(paths.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (by_folder)
    std::ranges::stable_sort(order, {}, [&](std::size_t i) -> const std::string& { return paths[i]; });
  std::vector<PhotoGroup> groups;
  std::unordered_map<std::string_view, std::size_t> places;  // of folders in `groups`
  for (const std::size_t i : order) {
    const std::string_view folder = folder_of(paths[i]);
    if (!by_folder || folder.empty()) {
      groups.push_back({.name = garment_name(stem_of(last_part(paths[i]))), .photos = {i}});
      continue;
    }
    const auto [place, is_new] = places.try_emplace(folder, groups.size());
    if (is_new) groups.push_back({.name = garment_name(last_part(folder)), .photos = {}});
    std::vector<std::size_t>& photos = groups[place->second].photos;
    photos.push_back(i);
    if (photos.size() > style::kMaxGarmentPhotos) {
      return invalid(std::string(utf8_prefix(folder, kMaxGroupName)),
                     fit::format("has more than {} photos of one garment", style::kMaxGarmentPhotos));
    }
  }
  return groups;
}

bool is_clutter(std::string_view path) {
  constexpr std::array kNames = std::to_array<std::string_view>({"__MACOSX", "Thumbs.db", "desktop.ini"});
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.starts_with('.') || std::ranges::contains(kNames, part)) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

}  // namespace fit::http
