#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/small_disk.h"
#include "base/temp_dir.h"

namespace fit::store::testing {

// A folder on a disk that a test fills and empties, for a server that the test starts with environment(). It
// is either a small disk of its own, which needs the right to mount, or a folder whose files a library in the
// server keeps from growing, which works everywhere.
class FullDisk {
 public:
  enum class Kind { kMounted, kPreloaded };

  FullDisk(Kind kind, const std::string& size);

  // Whether the machine allows it.
  bool is_usable() const;
  std::filesystem::path folder() const { return folder_.path() / "disk"; }
  std::map<std::string, std::string> environment() const;

  void fill() const;
  void make_room() const;

 private:
  std::filesystem::path flag() const { return folder_.path() / "full"; }
  std::filesystem::path library() const { return folder_.path() / "library.so"; }

  TempDir folder_;
  std::unique_ptr<SmallDisk> mounted_;  // null when preloaded
};

}  // namespace fit::store::testing
