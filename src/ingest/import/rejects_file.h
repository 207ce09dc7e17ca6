#pragma once

#include <filesystem>
#include <fstream>

#include "base/result.h"
#include "ingest/import/importer.h"

namespace fit::ingest {

// Writes the rejected rows of an import as NDJSON: {"line", "reason", "field", "row"}. Not thread-safe.
class RejectsFile {
 public:
  RejectsFile() = default;  // discards the rows

  // Replaces the file. kStorageFull or kInternal when it cannot be created.
  static Result<RejectsFile> open(const std::filesystem::path& path);

  void add(const Reject& reject, const std::string& row);

  // Flushes and closes the file, and removes it when nothing was rejected. Returns the first error of
  // writing.
  Result<void> close();

 private:
  std::filesystem::path path_;
  std::ofstream file_;
  bool any_ = false;
};

}  // namespace fit::ingest
