#include "ingest/import/folder_walker.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>

#include "base/text.h"

namespace fit::ingest {
namespace {

constexpr std::array kEndings = std::to_array<std::string_view>(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif", ".gif"});

// The names of folders of network drives, recycle bins and photo programs, in lower case.
constexpr std::array kOthersFolders = std::to_array<std::string_view>(
    {"@eadir", "#recycle", "@recycle", "$recycle.bin", "__macosx", "thumbnails", "thumbs", "_thumbs",
     "thumbnail", "lost+found", "system volume information"});
constexpr std::size_t kMaxEndings = 100;

}  // namespace

bool is_image_name(const std::filesystem::path& name) {
  return std::ranges::contains(kEndings, to_lower(name.extension().string()));
}

Result<FolderWalker> FolderWalker::open(const std::filesystem::path& root) {
  std::error_code error;
  const auto status = std::filesystem::status(root, error);
  if (!std::filesystem::exists(status))
    return not_found("open " + root.string() + ": there is no such folder");
  if (!std::filesystem::is_directory(status)) return invalid(root.string(), "is not a folder");
  FolderWalker walker;
  FIT_TRY(std::vector<Entry> entries, walker.list(root));
  walker.levels_.push_back(std::move(entries));
  return walker;
}

std::optional<FolderWalker::Found> FolderWalker::next() {
  while (!levels_.empty()) {
    if (levels_.back().empty()) {
      levels_.pop_back();
      continue;
    }
    Entry entry = std::move(levels_.back().back());
    levels_.back().pop_back();
    if (!entry.is_folder) return Found{std::move(entry.path), {}};
    auto entries = list(entry.path);
    if (!entries) return Found{std::move(entry.path), "the folder cannot be listed"};
    levels_.push_back(*std::move(entries));
  }
  return std::nullopt;
}

// Lists a folder in descending order, so that the next entry is the last. Empty for a folder that was visited
// before.
Result<std::vector<FolderWalker::Entry>> FolderWalker::list(const std::filesystem::path& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) return from_errno("open " + folder.string(), errno);
  std::vector<Entry> entries;
  if (!visited_.emplace(status.st_dev, status.st_ino).second) return entries;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::filesystem::path name = entry->path().filename();
    if (name.native().starts_with('.')) continue;
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (std::ranges::contains(kOthersFolders, to_lower(name.string()))) {
        ++skipped_folders_;
      } else {
        entries.push_back({entry->path(), true});
      }
    } else if (is_image_name(name)) {
      entries.push_back({entry->path(), false});
    } else {
      const std::string ending = to_lower(name.extension().string());
      if (skipped_files_.size() < kMaxEndings || skipped_files_.contains(ending)) ++skipped_files_[ending];
    }
  }
  if (error) return from_errno("list " + folder.string(), error.value());
  std::ranges::sort(entries, std::greater<>(),
                    [](const Entry& e) -> const std::string& { return e.path.native(); });
  return entries;
}

}  // namespace fit::ingest
