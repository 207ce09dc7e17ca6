#include "catalog/scratch_folder.h"

#include <cerrno>
#include <cstdlib>

#include "base/format.h"

namespace fit::catalog {

Result<ScratchFolder> ScratchFolder::make(const std::filesystem::path& parent, std::string_view name) {
  std::string path = (std::filesystem::absolute(parent) / fit::format("{}-XXXXXX", name)).string();
  if (::mkdtemp(path.data()) == nullptr) return from_errno("make a folder in " + parent.string(), errno);
  return ScratchFolder(path);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace fit::catalog
