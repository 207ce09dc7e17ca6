#include "index/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "base/format.h"

namespace fit::index {
namespace {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

constexpr const char* kFile = "vectors.fitindex";
constexpr std::array<char, 8> kMagic = {'F', 'I', 'T', 'I', 'N', 'D', 'E', 'X'};
constexpr std::uint32_t kFormatVersion = 1;
// The bytes read or written at once, so that their checksum is computed while they are in the cache.
constexpr std::size_t kPiece = std::size_t{4} << 20;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t format_version = kFormatVersion;
  std::uint32_t kind = 0;
  std::uint32_t dimensions = 0;
  std::uint32_t m = 0;
  std::uint32_t ef_construction = 0;
  std::uint32_t entry_node = 0;
  std::int32_t entry_level = 0;
  std::uint32_t space_version_bytes = 0;
  std::uint64_t slots = 0;
  std::uint64_t row_bytes = 0;
  std::int64_t position = 0;
  std::array<std::uint64_t, kSectionCount> section_bytes{};
  std::array<std::uint64_t, kSectionCount> section_checksums{};
  std::array<char, 256> space_version{};
  std::uint64_t checksum = 0;  // XXH3-64 of the bytes before it
};
static_assert(sizeof(Header) == 408 && std::is_trivially_copyable_v<Header>);

std::uint64_t header_checksum(const Header& header) {
  return xxh3(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, checksum)));
}

}  // namespace

std::filesystem::path snapshot_file(const std::filesystem::path& folder) {
  return folder / kFile;
}

std::uint64_t snapshot_identity(const std::filesystem::path& folder) {
  const Fd fd(::open((folder / kFile).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return 0;
  Header header;
  const auto bytes = std::as_writable_bytes(std::span(&header, 1));
  const ssize_t count = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  return count <= 0 ? 1 : xxh3(bytes.first(static_cast<std::size_t>(count)));
}

Result<SnapshotWriter> SnapshotWriter::create(const std::filesystem::path& folder) {
  FIT_TRY(NewFile file, NewFile::create(folder / kFile));
  return SnapshotWriter(std::move(file));
}

Result<void> SnapshotWriter::add(std::span<const ByteView> parts) {
  std::uint64_t offset = sizeof(Header);
  for (std::size_t i = 0; i < sections_; ++i) offset += bytes_[i];
  Xxh3 sum;
  bytes_[sections_] = 0;
  for (ByteView content : parts) {
    bytes_[sections_] += content.size();
    while (!content.empty()) {
      const ByteView piece = content.first(std::min(kPiece, content.size()));
      sum.update(piece);
      FIT_CHECK(file_.write(piece, offset));
      offset += piece.size();
      content = content.subspan(piece.size());
    }
  }
  checksums_[sections_++] = sum.digest();
  return {};
}

Result<void> SnapshotWriter::commit(const SnapshotInfo& info) {
  Header header;
  if (info.space_version.size() >= header.space_version.size()) {
    return invalid("space_version", "is longer than 255 bytes");
  }
  header.kind = static_cast<std::uint32_t>(info.kind);
  header.dimensions = info.dimensions;
  header.m = info.m;
  header.ef_construction = info.ef_construction;
  header.entry_node = info.entry_node;
  header.entry_level = info.entry_level;
  header.slots = info.slots;
  header.row_bytes = info.row_bytes;
  header.position = info.position;
  header.space_version_bytes = static_cast<std::uint32_t>(info.space_version.size());
  std::ranges::copy(info.space_version, header.space_version.begin());
  header.section_bytes = bytes_;
  header.section_checksums = checksums_;
  header.checksum = header_checksum(header);
  FIT_CHECK(file_.write(std::as_bytes(std::span(&header, 1)), 0));
  return file_.commit();
}

Error SnapshotReader::damaged(std::string_view what) {
  return malformed("snapshot", fit::format("of the index is damaged: {}", what));
}

Result<SnapshotReader> SnapshotReader::open(const std::filesystem::path& folder) {
  SnapshotReader reader;
  reader.path_ = folder / kFile;
  reader.fd_ = Fd(::open(reader.path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!reader.fd_ && (errno == ENOENT || errno == ENOTDIR)) return not_found("there is no index snapshot");
  if (!reader.fd_) return from_errno("open " + reader.path_.string(), errno);
  struct stat status{};
  if (::fstat(reader.fd_.get(), &status) != 0) return from_errno("stat " + reader.path_.string(), errno);
  if (!S_ISREG(status.st_mode)) return damaged("it is not a regular file");
  FIT_CHECK(reader.read_header(static_cast<std::uint64_t>(status.st_size)));
  return reader;
}

Result<void> SnapshotReader::read_header(std::uint64_t file_bytes) {
  Header header;
  if (file_bytes < sizeof header) return damaged("the file ends too early");
  FIT_CHECK(read_at(fd_.get(), std::as_writable_bytes(std::span(&header, 1)), 0));
  if (header.magic != kMagic) return damaged("it is not a snapshot");
  if (header.format_version != kFormatVersion) {
    return malformed("snapshot", fit::format("of the index has format version {}, this program reads {}",
                                             header.format_version, kFormatVersion));
  }
  if (header.checksum != header_checksum(header)) return damaged("the header's checksum differs");
  if (header.space_version_bytes >= header.space_version.size())
    return damaged("the space version is too long");
  std::uint64_t rest = file_bytes - sizeof header;
  for (const std::uint64_t bytes : header.section_bytes) {
    if (bytes > rest) return damaged("the file ends too early");
    rest -= bytes;
  }
  if (rest != 0) return damaged("the file is too long");
  bytes_ = header.section_bytes;
  checksums_ = header.section_checksums;
  info_ = {.kind = static_cast<SnapshotKind>(header.kind),
           .dimensions = header.dimensions,
           .m = header.m,
           .ef_construction = header.ef_construction,
           .slots = header.slots,
           .row_bytes = header.row_bytes,
           .position = header.position,
           .entry_node = header.entry_node,
           .entry_level = header.entry_level,
           .space_version = std::string(header.space_version.data(), header.space_version_bytes)};
  return {};
}

Result<void> SnapshotReader::read(Section section, std::span<std::byte> memory) const {
  const auto index = static_cast<std::size_t>(section);
  if (memory.size() != bytes_[index]) return damaged("a section has another size");
  std::uint64_t offset = sizeof(Header);
  for (std::size_t i = 0; i < index; ++i) offset += bytes_[i];
  Xxh3 sum;
  for (std::size_t done = 0; done < memory.size();) {
    const auto piece = memory.subspan(done, std::min(kPiece, memory.size() - done));
    FIT_CHECK(read_at(fd_.get(), piece, offset + done));
    sum.update(piece);
    done += piece.size();
  }
  if (sum.digest() != checksums_[index])
    return damaged(fit::format("the checksum of section {} differs", index));
  return {};
}

}  // namespace fit::index
