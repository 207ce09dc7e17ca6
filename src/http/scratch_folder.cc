#include "http/scratch_folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>

#include "base/fd.h"
#include "base/files.h"

namespace fit::http {
namespace {

constexpr const char* kLockName = "lock";
constexpr std::chrono::minutes kTimeToLock{1};

Error storage_error(Error error) {
  error.field = "STORAGE_PATH";
  return error;
}

// The lock file's descriptor; empty when another process holds it or there is none.
Fd take_lock(const std::filesystem::path& folder, int flags) {
  Fd file(::open((folder / kLockName).c_str(), O_RDWR | O_CLOEXEC | flags, 0600));
  return file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(file) : Fd();
}

// Whether a process died between making the folder and making its lock file: the folder has no lock file and
// is not new.
bool is_abandoned_early(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder / kLockName, error) || error) return false;
  const auto changed = std::filesystem::last_write_time(folder, error);
  return !error && std::filesystem::file_time_type::clock::now() - changed > kTimeToLock;
}

void remove_dead(const std::filesystem::path& parent) {
  std::error_code error;
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(parent, error))
    folders.push_back(entry.path());
  for (const auto& folder : folders) {
    const Fd lock = take_lock(folder, is_abandoned_early(folder) ? O_CREAT : 0);
    if (lock) std::filesystem::remove_all(folder, error);
  }
}

}  // namespace

Result<ScratchFolder> ScratchFolder::make(const std::filesystem::path& parent) {
  if (auto made = make_dirs(parent); !made) return storage_error(made.error());
  remove_dead(parent);
  std::string name = (parent / "run-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return storage_error(from_errno("write to " + parent.string(), errno));
  Fd lock = take_lock(name, O_CREAT);
  if (!lock) return storage_error(from_errno("lock a file in " + parent.string(), errno));
  return ScratchFolder(name, std::move(lock));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (lock_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace fit::http
