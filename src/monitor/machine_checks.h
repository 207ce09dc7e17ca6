#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "index/factory/kind_policy.h"
#include "monitor/finding.h"

// The checks of `fit doctor` that concern this machine. The functions read_…() ask the system; the checks are
// pure functions of what was read, except check_folder(), which reads the folder.
namespace fit::monitor {

// Whether the user `user` can keep files in a folder: it is a folder, that user may write it and what is
// directly in it, and other users may not write it. A folder that does not exist is no fault while its
// nearest existing parent can be written, since the program makes it. `setting` names the folder in messages.
Finding check_folder(std::string_view setting, const std::filesystem::path& folder, uid_t user);

// The space of a file system.
struct DiskSpace {
  std::uint64_t free_bytes = 0;  // for this user
  std::uint64_t total_bytes = 0;
  std::uint64_t free_files = 0;
  std::uint64_t total_files = 0;  // 0: the file system has no limit of its own
};
// The space where the folder is, or will be; nullopt when it cannot be read.
std::optional<DiskSpace> read_disk_space(const std::filesystem::path& folder);
// A fault below 512 MiB or 1,000 files; a warning below a tenth of the space and 20 GiB.
Finding check_disk_space(const DiskSpace& space);

// The memory that the program needs, in bytes.
struct MemoryNeed {
  std::uint64_t index = 0;    // of the vector index in this process, with its columns
  std::uint64_t budgets = 0;  // IMAGE_MEMORY_BYTES and the like: what is used at most, at times
};
// The memory of an index of `images` vectors on SQLite, of the kind that the policy selects, with its filter
// columns.
std::uint64_t index_bytes(std::uint64_t images, const index::KindPolicy& policy,
                          const index::IndexOptions& options);
// Says of which kind the index of so many vectors is; a warning when the disk cannot hold its segments with
// the copies that merges make.
Finding check_index(std::uint64_t vectors, const index::KindPolicy& policy,
                    const index::IndexOptions& options, const index::Room& left);
// A fault when program and index do not fit into the memory, a warning when the budgets do not.
Finding check_memory(const MemoryNeed& need, std::uint64_t limit);

// The numbers of open files of a process.
struct OpenFileLimit {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};
OpenFileLimit read_open_file_limit();
// A warning when a process could need more files than it may open.
Finding check_open_files(const OpenFileLimit& limit, std::uint64_t needed);

// The clock of the machine.
struct ClockState {
  Timestamp time;
  bool is_synchronised = true;  // by the kernel's account
};
ClockState read_clock();
// A fault for a time before this version was made; a warning for a clock that nothing keeps right.
Finding check_clock(const ClockState& clock);

// `target` is that of index::best_kernels(): a warning for processors without AVX2 or NEON.
Finding check_processor(std::string_view target);

}  // namespace fit::monitor
