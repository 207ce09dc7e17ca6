#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace fit {

// The whole file; kTooLarge naming the path when it has more than `max_bytes`, kNotFound when it is not
// there, kInvalid when it is not a regular file.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);

// Replaces `path` so that after a crash it holds either the old or the new content, never a part: writes a
// neighbour, syncs it, renames it and syncs the folder. Makes missing parent folders. kStorageFull and others
// leave the old file as it was.
Result<void> write_file_atomically(const std::filesystem::path& path, ByteView content);

// Flushes a file's or folder's content to the disk (fsync).
Result<void> sync_path(const std::filesystem::path& path);

// Makes the folder and its parents; success when it exists already.
Result<void> make_dirs(const std::filesystem::path& path);

}  // namespace fit
