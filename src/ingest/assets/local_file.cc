#include "ingest/assets/local_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"

namespace fit::ingest {
namespace {

constexpr std::uint64_t kCopiedAtOnce = 4u << 20;

struct ByteSpan {
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
};

Error lost_file(const std::string& name) {
  return {ErrorCode::kDamaged, "the stored file is lost", "file", name};
}

Result<void> check_digest(const std::string& digest, const std::string& name) {
  if (digest == blobs::sha256_of_name(name)) return {};
  return Error{ErrorCode::kDamaged, "the stored file is damaged", "file", name};
}

// A file without a name.
Result<Fd> nameless_file(const std::filesystem::path& folder) {
  FIT_CHECK(make_dirs(folder));
  std::string path = (folder / "video-XXXXXX").string();
  Fd file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) return from_errno("make " + path, errno);
  if (::unlink(path.c_str()) != 0) return from_errno("remove " + path, errno);
  return file;
}

// Copies bytes of a stored file, and adds them to the digest unless it is null.
Result<Fd> copy_of(const blobs::BlobStore& store, const std::string& name, const ByteSpan& span,
                   const std::filesystem::path& folder, Sha256* digest) {
  FIT_TRY(Fd file, nameless_file(folder));
  for (std::uint64_t done = 0; done < span.count;) {
    const std::uint64_t wanted = std::min(kCopiedAtOnce, span.count - done);
    FIT_TRY(const Bytes piece, store.read(name, span.offset + done, wanted));
    if (digest != nullptr) digest->update(piece);
    FIT_CHECK(write_all(file.get(), piece, "copy a video"));
    done += piece.size();
    if (piece.size() < wanted) break;
  }
  return file;
}

std::filesystem::path descriptor_path(const Fd& file) {
  return fit::format("/proc/self/fd/{}", file.get());
}

}  // namespace

Result<LocalFile> LocalFile::open(const blobs::BlobStore& store, const std::string& name,
                                  const std::filesystem::path& folder) {
  if (auto path = store.local_path(name)) {
    const auto digest = sha256_file_hex(*path);
    if (!digest && digest.error().code == ErrorCode::kNotFound) return lost_file(name);
    if (!digest) return digest.error();
    FIT_CHECK(check_digest(*digest, name));
    return LocalFile(*std::move(path), Fd());
  }
  Sha256 digest;
  constexpr ByteSpan kAll{.offset = 0, .count = std::numeric_limits<std::uint64_t>::max()};
  auto copy = copy_of(store, name, kAll, folder, &digest);
  if (!copy && copy.error().code == ErrorCode::kNotFound) return lost_file(name);
  if (!copy) return copy.error();
  FIT_CHECK(check_digest(digest.hex(), name));
  std::filesystem::path path = descriptor_path(*copy);
  return LocalFile(std::move(path), *std::move(copy));
}

Result<LocalFile> LocalFile::copy_part(const blobs::BlobStore& store, const std::string& name,
                                       std::uint64_t offset, std::uint64_t count,
                                       const std::filesystem::path& folder) {
  FIT_TRY(Fd copy, copy_of(store, name, {.offset = offset, .count = count}, folder, nullptr));
  std::filesystem::path path = descriptor_path(copy);
  return LocalFile(std::move(path), std::move(copy));
}

Result<LocalFile> LocalFile::hole(std::uint64_t count, const std::filesystem::path& folder) {
  FIT_TRY(Fd file, nameless_file(folder));
  if (::ftruncate(file.get(), static_cast<off_t>(count)) != 0) return from_errno("make a file", errno);
  std::filesystem::path path = descriptor_path(file);
  return LocalFile(std::move(path), std::move(file));
}

}  // namespace fit::ingest
