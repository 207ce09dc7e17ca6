#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace fit {

// The most that a ZIP archive may hold.
struct ZipLimits {
  std::size_t max_entries = 10'000;      // files and folders
  std::uint64_t max_entry_bytes = 0;     // of one file, decompressed
  std::uint64_t max_bytes = 0;           // of all files, decompressed
  std::uint64_t max_ratio = 200;         // of the decompressed bytes to those of the archive
  std::uint64_t small_bytes = 32 << 20;  // up to which the ratio does not count
};

// Whether the bytes begin as a ZIP archive does.
bool is_zip(ByteView bytes);

// Calls `visit` with the name and the content of each file, in the order in which they lie in it; folders
// are skipped. A name is UTF-8 and relative, with "/" between its parts, none of which is "." or "..". One
// file is in memory at a time. Stops at the first error of `visit` and returns it. Other errors: kInvalid and
// kTooLarge naming the file, where one is at fault: it is encrypted, a link or a device, damaged, its name is
// unsafe or comes twice, or it is above a limit; kInvalid naming `field` for another format and for a damaged
// or truncated archive, kTooLarge naming it for too many entries or bytes. Thread-safe.
using ZipVisitor = std::function<Result<void>(const std::string& name, ByteView content)>;
Result<void> read_zip(std::string_view field, ByteView file, const ZipLimits& limits,
                      const ZipVisitor& visit);

// Writes a ZIP archive to a file. Not thread-safe. Errors: kStorageFull, or kInternal where the file cannot
// be written; the file is no archive then.
class ZipWriter {
 public:
  enum class Packing : std::uint8_t {
    kStored,    // for what is compressed already
    kDeflated,  // for texts
  };

  // Replaces what the file holds.
  static Result<ZipWriter> create(const std::filesystem::path& path);
  ZipWriter(ZipWriter&& other) noexcept;
  ZipWriter& operator=(ZipWriter&&) = delete;
  ~ZipWriter();

  // `name` is ASCII and relative, and no other file has it.
  Result<void> add(const std::string& name, ByteView content, Packing packing);
  // Completes the archive. Call it once, after the last file.
  Result<void> finish();

 private:
  struct Archive;
  explicit ZipWriter(std::unique_ptr<Archive> made);

  std::unique_ptr<Archive> archive_;
};

}  // namespace fit
