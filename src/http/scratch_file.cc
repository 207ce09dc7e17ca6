#include "http/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/fd.h"
#include "base/files.h"

namespace fit::http {

Result<ScratchFile> ScratchFile::create(const std::filesystem::path& folder) {
  return write(folder, {});
}

Result<ScratchFile> ScratchFile::write(const std::filesystem::path& folder, ByteView content) {
  FIT_CHECK(make_dirs(folder));
  std::string name = (folder / "import-XXXXXX").string();
  const Fd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return from_errno("write to the storage folder", errno);
  ScratchFile scratch{std::filesystem::path(name)};
  FIT_CHECK(write_all(file.get(), content, "write to the storage folder"));
  return scratch;
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

}  // namespace fit::http
