#include "store/test_full_disk.h"

#include <fstream>

#include "store/test_postgres.h"

namespace fit::store::testing {

namespace fs = std::filesystem;

FullDisk::FullDisk(Kind kind, const std::string& size) {
  // The server runs as another user.
  fs::permissions(folder_.path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  fs::create_directory(folder());
  if (kind == Kind::kMounted) {
    mounted_ = std::make_unique<SmallDisk>(folder(), size);
  } else {
    fs::copy_file(FIT_FULL_DISK_LIBRARY, library());
  }
  give_to_server(folder());
}

bool FullDisk::is_usable() const {
  return mounted_ == nullptr || mounted_->is_mounted();
}

std::map<std::string, std::string> FullDisk::environment() const {
  if (mounted_ != nullptr) return {};
  return {{"LD_PRELOAD", library()}, {"FIT_DISK", folder()}, {"FIT_DISK_FULL", flag()}};
}

void FullDisk::fill() const {
  if (mounted_ != nullptr) {
    mounted_->fill();
  } else {
    std::ofstream(flag()).flush();
  }
}

void FullDisk::make_room() const {
  if (mounted_ != nullptr) {
    mounted_->make_room();
  } else {
    fs::remove(flag());
  }
}

}  // namespace fit::store::testing
