#include "monitor/machine_checks.h"

#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/format.h"
#include "base/text.h"

namespace fit::monitor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kGiB = 1u << 30;
// The resident memory of a server with the built-in model, whose two towers are most of it, and no items
// (docs/benchmarks.md).
constexpr std::uint64_t kProgramBytes = 640 * kMiB;
// A time that has passed when this program was made.
constexpr Timestamp kLeastTime = std::chrono::sys_days(std::chrono::year(2025) / 1 / 1);

std::string as_size(std::uint64_t bytes) {
  if (bytes < kGiB) return fit::format("{} MiB", bytes / kMiB);
  return fit::format("{:.1f} GiB", static_cast<double>(bytes) / static_cast<double>(kGiB));
}

std::string name_of(uid_t user) {
  passwd record{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(user, &record, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return fit::format("{}", user);
}

// The path itself or its nearest parent that exists.
fs::path existing_part(const fs::path& path) {
  std::error_code error;
  fs::path part = fs::absolute(path, error).lexically_normal();
  while (!fs::exists(part, error) && part.has_relative_path()) part = part.parent_path();
  return part;
}

// The folder that mkfs makes on a file system of its own, which stays root's.
bool is_of_file_system(const fs::directory_entry& entry) {
  return entry.path().filename() == "lost+found";
}

// The name of something directly in the folder that this process may not write; nullopt when it may write
// everything.
std::optional<fs::path> unwritable_entry(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (is_of_file_system(*at) || at->is_symlink(error)) continue;
    if (::access(at->path().c_str(), W_OK) != 0) return at->path().filename();
  }
  return std::nullopt;
}

// The name of something directly in the folder, or "." for itself, that belongs to another user.
std::optional<fs::path> foreign_entry(const fs::path& folder, uid_t user) {
  struct stat state{};
  if (::stat(folder.c_str(), &state) == 0 && state.st_uid != user) return fs::path(".");
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (is_of_file_system(*at) || ::lstat(at->path().c_str(), &state) != 0) continue;
    if (state.st_uid != user) return at->path().filename();
  }
  return std::nullopt;
}

Finding check_missing_folder(const std::string& name, const fs::path& folder, uid_t user) {
  const fs::path parent = existing_part(folder);
  if (::access(parent.c_str(), W_OK | X_OK) == 0) {
    return ok(name, fit::format("{} is not there yet; the program makes it", folder.string()));
  }
  return fault(
      name,
      fit::format("{} is not there, and {} may not be written to make it", folder.string(), parent.string()),
      fit::format("make it as root: install -d -m 0750 -o {} {}", name_of(user), folder.string()));
}

}  // namespace

Finding check_folder(std::string_view setting, const fs::path& folder, uid_t user) {
  const std::string name(setting);
  struct stat state{};
  if (::stat(folder.c_str(), &state) != 0) {
    if (errno == ENOENT) return check_missing_folder(name, folder, user);
    return fault(name, fit::format("{} cannot be read: {}", folder.string(), std::strerror(errno)),
                 fit::format("give it and what is in it to the user of the service: chown -R {} {}",
                             name_of(user), folder.string()));
  }
  if (!S_ISDIR(state.st_mode)) {
    return fault(name, fit::format("{} is no folder", folder.string()), "name a folder, or remove the file");
  }
  const std::string give = fit::format("give it and what is in it to the user of the service: chown -R {} {}",
                                       name_of(user == 0 ? state.st_uid : user), folder.string());
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return fault(name,
                 fit::format("{} belongs to {}, and {} may not write it", folder.string(),
                             name_of(state.st_uid), name_of(user)),
                 give);
  }
  if (const auto entry = unwritable_entry(folder)) {
    return fault(name, fit::format("{} may not write {}", name_of(user), (folder / *entry).string()), give);
  }
  if ((state.st_mode & S_IWOTH) != 0 && (state.st_mode & S_ISVTX) == 0) {
    return fault(name, fit::format("every user of this machine may change {}", folder.string()),
                 fit::format("chmod 0750 {}", folder.string()));
  }
  // As root everything can be written: what matters is whether the service can.
  if (const auto entry = foreign_entry(folder, user == 0 ? state.st_uid : user)) {
    return warning(name,
                   fit::format("{} belongs to another user than the rest of {}",
                               (folder / *entry).lexically_normal().string(), folder.string()),
                   give);
  }
  if (user == 0 && state.st_uid != 0) {
    return warning(
        name,
        fit::format("{} belongs to {}, and this command runs as root: what root writes there, the "
                    "service may not change",
                    folder.string(), name_of(state.st_uid)),
        fit::format("run commands as the user of the service: sudo -u {} fit ...", name_of(state.st_uid)));
  }
  return ok(name, fit::format("{} belongs to {} and can be written", folder.string(), name_of(state.st_uid)));
}

std::optional<DiskSpace> read_disk_space(const fs::path& folder) {
  struct statvfs state{};
  if (::statvfs(existing_part(folder).c_str(), &state) != 0) return std::nullopt;
  return DiskSpace{.free_bytes = std::uint64_t{state.f_bavail} * state.f_frsize,
                   .total_bytes = std::uint64_t{state.f_blocks} * state.f_frsize,
                   .free_files = state.f_favail,
                   .total_files = state.f_files};
}

Finding check_disk_space(const DiskSpace& space) {
  const std::string name = "disk space";
  const std::string what =
      fit::format("{} of {} are free", as_size(space.free_bytes), as_size(space.total_bytes));
  const std::string advice =
      "free space: remove unused images (fit assets prune) and old backups, or move the data to a larger "
      "disk";
  if (space.free_bytes < 512 * kMiB) {
    return fault(name, what + "; with less than 64 MiB no write is accepted", advice);
  }
  if (space.total_files > 0 && space.free_files < 1000) {
    return fault(name, fit::format("only {} more files can be made", space.free_files),
                 "move the data to a file system with more inodes (mkfs -i), or remove files there");
  }
  if (space.free_bytes < space.total_bytes / 10 && space.free_bytes < 20 * kGiB) {
    return warning(name, what, advice);
  }
  return ok(name, what);
}

std::uint64_t index_bytes(std::uint64_t images, const index::KindPolicy& policy,
                          const index::IndexOptions& options) {
  constexpr std::uint64_t kColumnBytes = 30;  // of an item (docs/benchmarks.md)
  return index::memory_needed(index::wanted_kind(policy, options, images), options, images) +
         images * kColumnBytes;
}

Finding check_index(std::uint64_t vectors, const index::KindPolicy& policy,
                    const index::IndexOptions& options, const index::Room& left) {
  const std::string name = "index";
  const index::IndexKind kind = index::wanted_kind(policy, options, vectors);
  if (kind != index::IndexKind::kQuantised) {
    return ok(name, fit::format("{} vectors are searched {}, in memory", vectors,
                                kind == index::IndexKind::kExact ? "one by one" : "by a graph"));
  }
  const std::string what =
      fit::format("{} vectors are searched by codes in memory and vectors on disk", vectors);
  const index::Room needed = index::room_needed(kind, options, vectors);
  if (needed.disk_bytes > left.disk_bytes) {
    return warning(name,
                   fit::format("{}, which take {} of disk space while segments are merged; {} are left", what,
                               as_size(needed.disk_bytes), as_size(left.disk_bytes)),
                   "free disk space, or raise INDEX_MEMORY if there is memory for a graph");
  }
  return ok(name, what);
}

Finding check_memory(const MemoryNeed& need, std::uint64_t limit) {
  const std::string name = "memory";
  const std::uint64_t always = kProgramBytes + need.index;
  const std::string what = fit::format("program and index take about {}, images and caches up to {}, of {}",
                                       as_size(always), as_size(need.budgets), as_size(limit));
  if (always > limit) {
    return fault(name, what,
                 "lower INDEX_MEMORY, which selects an index with its vectors on disk, use a machine with "
                 "more memory, "
                 "or move the catalogue to PostgreSQL, which keeps the index (fit copy)");
  }
  if (always + need.budgets > limit) {
    return warning(
        name, what,
        "lower IMAGE_MEMORY_BYTES, VIDEO_MEMORY_BYTES and VECTOR_SEARCH_CACHE_BYTES, or add memory");
  }
  return ok(name, what);
}

OpenFileLimit read_open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  return {.soft = limit.rlim_cur, .hard = limit.rlim_max};
}

Finding check_open_files(const OpenFileLimit& limit, std::uint64_t needed) {
  const std::string name = "open files";
  if (limit.soft >= needed) {
    return ok(name, fit::format("{} may be open, and at most {} are needed", limit.soft, needed));
  }
  return warning(
      name,
      fit::format("only {} may be open, and MAX_CONNECTIONS with the rest needs up to {}", limit.soft,
                  needed),
      limit.hard >= needed
          ? fit::format("raise the limit of the service: LimitNOFILE={} in its unit, or ulimit -n {}", needed,
                        needed)
          : fit::format("raise the limit as root (LimitNOFILE={} in the unit), or lower MAX_CONNECTIONS",
                        needed));
}

ClockState read_clock() {
  timex state{};
  // TIME_ERROR also stands for a clock that the kernel holds to be unsynchronised. -1: it cannot be asked
  // here.
  const int result = ::adjtimex(&state);
  return {.time = now(), .is_synchronised = result < 0 || (state.status & STA_UNSYNC) == 0};
}

Finding check_clock(const ClockState& clock) {
  const std::string name = "clock";
  const std::string advice =
      "keep the clock right: apt install systemd-timesyncd (or chrony), timedatectl set-ntp true";
  if (clock.time < kLeastTime) {
    return fault(
        name,
        fit::format("it is {} by this machine, which has passed long ago: certificates, sessions and "
                    "signatures of S3 fail",
                    to_rfc3339(clock.time)),
        advice);
  }
  if (!clock.is_synchronised) {
    return warning(name, fit::format("{}, and nothing keeps the clock right", to_rfc3339(clock.time)),
                   advice);
  }
  return ok(name, fit::format("{}, synchronised", to_rfc3339(clock.time)));
}

Finding check_processor(std::string_view target) {
  const std::string name = "processor";
  const std::string what = fit::format("vectors are compared with {}", target);
  const bool is_fast = target.starts_with("AVX") || target.starts_with("NEON") || target.starts_with("SVE");
  if (is_fast) return ok(name, what);
  return warning(
      name, what,
      "expect searches and embeddings to take several times as long; on a virtual machine choose a "
      "processor type that passes AVX2 on (such as \"host\")");
}

}  // namespace fit::monitor
