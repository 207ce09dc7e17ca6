#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

namespace fit {

// For tests: mounts a file system (tmpfs) of a given size ("3m") on a folder for the life of the object. Only
// the thread that made it sees it, and the threads and programs that it starts later. Needs the right to
// mount.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, const std::string& size) : folder_(std::move(folder)) {
    if (unshare(CLONE_NEWNS) != 0) return;
    // The mount that holds the folder is made private, so that other processes do not see the new one.
    // Folders that are not mount points are refused, and so is the root of a chroot, which ./dev enters in a
    // private namespace.
    for (auto path = folder_; mount(nullptr, path.c_str(), nullptr, MS_PRIVATE, nullptr) != 0;
         path = path.parent_path()) {
      if (errno != EINVAL) return;
      if (path == path.root_path()) break;
    }
    is_mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // False where the process may not mount; the folder then is as it was.
  bool is_mounted() const { return is_mounted_; }

  // Fills the disk except for `leave_bytes`.
  void fill(std::size_t leave_bytes = 0) const {
    std::ofstream(filler(), std::ios::app).flush();
    const auto free = std::filesystem::space(folder_).available;
    if (free <= leave_bytes) return;
    std::ofstream(filler(), std::ios::app) << std::string(free - leave_bytes, 'f') << std::flush;
  }
  void make_room() const { std::filesystem::remove(filler()); }

 private:
  std::filesystem::path filler() const { return folder_ / "filler"; }

  std::filesystem::path folder_;
  bool is_mounted_ = false;
};

}  // namespace fit
