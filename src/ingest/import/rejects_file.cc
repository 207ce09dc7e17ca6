#include "ingest/import/rejects_file.h"

#include <cerrno>
namespace fit::ingest {

Result<RejectsFile> RejectsFile::open(const std::filesystem::path& path) {
  RejectsFile rejects;
  rejects.path_ = path;
  rejects.file_.open(path, std::ios::binary | std::ios::trunc);
  if (!rejects.file_) return from_errno("create " + path.string(), errno);
  return rejects;
}

void RejectsFile::add(const Reject& reject, const std::string& row) {
  if (path_.empty()) return;
  write({{"line", reject.line}, {"reason", reject.reason}, {"field", reject.field}, {"row", row}});
  file_ << std::flush;
}

void RejectsFile::add(const RowWarning& warning) {
  if (path_.empty()) return;
  write({{"line", warning.line},
         {"warning", warning.reason},
         {"field", warning.field},
         {"value", warning.value}});
}

void RejectsFile::write(const Json& line) {
  any_ = true;
  file_ << dump_json(line) << '\n';
}

Result<void> RejectsFile::close() {
  if (path_.empty()) return {};
  file_.close();
  const bool failed = file_.fail();
  if (!any_) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  if (failed)
    return Error{ErrorCode::kStorageFull, "the rejects file could not be written whole", path_.string(), {}};
  return {};
}

}  // namespace fit::ingest
