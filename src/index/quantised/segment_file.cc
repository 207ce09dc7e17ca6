#include "index/quantised/segment_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "base/format.h"

namespace fit::index {
namespace {

static_assert(std::endian::native == std::endian::little, "segments are little-endian");

constexpr std::array<char, 8> kSegmentMagic = {'F', 'I', 'T', 'S', 'E', 'G', 'M', 'T'};
constexpr std::uint32_t kSegmentVersion = 2;
constexpr std::uint32_t kOldSegmentVersion = 1;  // its vectors are whole, and the header does not say so
// The bytes read at once, so that their checksum is computed while they are in the cache.
constexpr std::size_t kReadPiece = std::size_t{1} << 20;

struct SegmentHeader {
  std::array<char, 8> magic = kSegmentMagic;
  std::uint32_t format_version = kSegmentVersion;
  std::uint32_t dimensions = 0;
  std::uint32_t code_bytes = 0;
  std::uint32_t image_bytes = 0;
  std::uint32_t item_bytes = 0;
  std::uint32_t row_bits = 0;
  std::uint64_t rows = 0;
  std::uint64_t blocks = 0;
  std::uint64_t items = 0;
  std::array<std::uint64_t, kSegmentSections> section_bytes{};
  std::array<std::uint64_t, kSegmentSections> section_checksums{};
  std::array<std::byte, kSegmentHeaderBytes - 56 - 16 * kSegmentSections - 8> rest{};
  std::uint64_t checksum = 0;  // XXH3-64 of the bytes before it
};
static_assert(sizeof(SegmentHeader) == kSegmentHeaderBytes && std::is_trivially_copyable_v<SegmentHeader>);

std::uint64_t checksum_of(const SegmentHeader& header) {
  return xxh3(std::as_bytes(std::span(&header, 1)).first(offsetof(SegmentHeader, checksum)));
}

}  // namespace

Result<SegmentWriter> SegmentWriter::create(const std::filesystem::path& path) {
  FIT_TRY(NewFile file, NewFile::create(path));
  return SegmentWriter(std::move(file));
}

Result<void> SegmentWriter::add(SegmentSection section, ByteView content) {
  const auto index = static_cast<std::size_t>(section);
  (*sums_)[index].update(content);
  FIT_CHECK(file_.write(content, offset_));
  bytes_[index] += content.size();
  offset_ += content.size();
  return {};
}

Result<void> SegmentWriter::commit(SegmentInfo info) {
  SegmentHeader header;
  header.dimensions = info.dimensions;
  header.code_bytes = info.code_bytes;
  header.image_bytes = info.image_bytes;
  header.item_bytes = info.item_bytes;
  header.row_bits = info.row_bits;
  header.rows = info.rows;
  header.blocks = info.blocks;
  header.items = info.items;
  header.section_bytes = bytes_;
  for (std::size_t i = 0; i < kSegmentSections; ++i) header.section_checksums[i] = (*sums_)[i].digest();
  header.checksum = checksum_of(header);
  FIT_CHECK(file_.write(std::as_bytes(std::span(&header, 1)), 0));
  return file_.commit();
}

Error SegmentReader::damaged(std::string_view what) {
  return malformed("snapshot", fit::format("of the index has a damaged segment: {}", what));
}

Result<SegmentReader> SegmentReader::open(const std::filesystem::path& path) {
  SegmentReader reader;
  reader.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!reader.fd_ && (errno == ENOENT || errno == ENOTDIR)) return damaged("the file is missing");
  if (!reader.fd_) return from_errno("open " + path.string(), errno);
  struct stat status{};
  if (::fstat(reader.fd_.get(), &status) != 0) return from_errno("stat " + path.string(), errno);
  if (!S_ISREG(status.st_mode)) return damaged("it is not a regular file");
  FIT_CHECK(reader.read_header(static_cast<std::uint64_t>(status.st_size)));
  return reader;
}

Result<void> SegmentReader::read_header(std::uint64_t file_bytes) {
  SegmentHeader header;
  if (file_bytes < sizeof header) return damaged("the file ends too early");
  FIT_CHECK(read_at(fd_.get(), std::as_writable_bytes(std::span(&header, 1)), 0));
  if (header.magic != kSegmentMagic) return damaged("it is not a segment");
  const bool is_old = header.format_version == kOldSegmentVersion;
  if (!is_old && header.format_version != kSegmentVersion) {
    return malformed("snapshot", fit::format("of the index has a segment of format version {}, this program "
                                             "reads {} and {}",
                                             header.format_version, kOldSegmentVersion, kSegmentVersion));
  }
  if (header.checksum != checksum_of(header)) return damaged("the header's checksum differs");
  std::uint64_t rest = file_bytes - sizeof header;
  for (const std::uint64_t bytes : header.section_bytes) {
    if (bytes > rest) return damaged("the file ends too early");
    rest -= bytes;
  }
  if (rest != 0) return damaged("the file is too long");
  bytes_ = header.section_bytes;
  sums_ = header.section_checksums;
  info_ = {.dimensions = header.dimensions,
           .code_bytes = header.code_bytes,
           .image_bytes = header.image_bytes,
           .item_bytes = header.item_bytes,
           .row_bits = is_old ? 32 : header.row_bits,
           .rows = header.rows,
           .blocks = header.blocks,
           .items = header.items,
           .checksum = header.checksum};
  return {};
}

std::uint64_t SegmentReader::start(SegmentSection section) const {
  std::uint64_t offset = kSegmentHeaderBytes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(section); ++i) offset += bytes_[i];
  return offset;
}

Result<void> SegmentReader::read(SegmentSection section, std::span<std::byte> memory) const {
  if (memory.size() != bytes(section)) return damaged("a section has another size");
  Xxh3 sum;
  for (std::size_t done = 0; done < memory.size();) {
    const auto piece = memory.subspan(done, std::min(kReadPiece, memory.size() - done));
    FIT_CHECK(read_part(section, piece, done));
    sum.update(piece);
    done += piece.size();
  }
  if (sum.digest() != sums_[static_cast<std::size_t>(section)])
    return damaged("a section's checksum differs");
  return {};
}

Result<void> SegmentReader::verify(SegmentSection section, const std::stop_token& stop) const {
  Bytes piece(kReadPiece);
  Xxh3 sum;
  for (std::uint64_t done = 0; done < bytes(section);) {
    if (stop.stop_requested()) return cancelled();
    const auto part = std::span(piece).first(std::min<std::uint64_t>(kReadPiece, bytes(section) - done));
    FIT_CHECK(read_part(section, part, done));
    sum.update(part);
    ::posix_fadvise(fd_.get(), static_cast<off_t>(start(section) + done), static_cast<off_t>(part.size()),
                    POSIX_FADV_DONTNEED);
    done += part.size();
  }
  if (sum.digest() != sums_[static_cast<std::size_t>(section)])
    return damaged("a section's checksum differs");
  return {};
}

Result<void> SegmentReader::read_part(SegmentSection section, std::span<std::byte> memory,
                                      std::uint64_t offset) const {
  return read_at(fd_.get(), memory, start(section) + offset);
}

void SegmentReader::expect(SegmentSection section, std::uint64_t offset, std::uint64_t bytes) const {
  ::posix_fadvise(fd_.get(), static_cast<off_t>(start(section) + offset), static_cast<off_t>(bytes),
                  POSIX_FADV_WILLNEED);
}

}  // namespace fit::index
