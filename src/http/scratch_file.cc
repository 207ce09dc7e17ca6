#include "http/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/fd.h"
#include "base/files.h"

namespace fit::http {

Result<ScratchFile> ScratchFile::write(const std::filesystem::path& folder, ByteView content) {
  FIT_CHECK(make_dirs(folder));
  std::string name = (folder / "import-XXXXXX").string();
  const Fd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return from_errno("write to the storage folder", errno);
  ScratchFile scratch{std::filesystem::path(name)};
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return from_errno("write to the storage folder", errno);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return scratch;
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

}  // namespace fit::http
