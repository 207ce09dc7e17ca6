#include "catalog/vault_files.h"

#include "base/age_file.h"
#include "base/format.h"
#include "base/parallel.h"
#include "catalog/backup_manifest.h"

namespace fit::catalog {
namespace {

// Names the file in an error of its decryption.
Error naming_the_file(Error error, const std::string& name) {
  if (error.code == ErrorCode::kForbidden) {
    return {ErrorCode::kForbidden, fit::format("has no key that {} is encrypted to", name), "--identity", {}};
  }
  return malformed("backup", fit::format("{} is damaged: it {}", name, error.message));
}

constexpr std::int64_t kMostSmallBytes = 4 << 20;
constexpr std::size_t kSmallAtATime = 8;
constexpr std::size_t kLargeAtATime = 2;

}  // namespace

Result<void> for_each_file(std::span<const std::int64_t> sizes_bytes, const std::stop_token& stop,
                           const std::function<Result<void>(std::size_t)>& work) {
  std::vector<std::size_t> small;
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < sizes_bytes.size(); ++i) {
    (sizes_bytes[i] <= kMostSmallBytes ? small : large).push_back(i);
  }
  const auto done = parallel_for(small.size(), {.threads = kSmallAtATime, .stop = stop},
                                 [&](std::size_t i) { return work(small[i]); });
  FIT_CHECK(done);
  return parallel_for(large.size(), {.threads = kLargeAtATime, .stop = stop},
                      [&](std::size_t i) { return work(large[i]); });
}

std::string manifest_path(std::string_view backup) {
  return fit::format("{}/{}", backup, kManifest);
}

Result<void> VaultWriter::put(const std::string& path, std::uint64_t size_bytes,
                              const blobs::FileTree::Reader& read) const {
  if (recipients.empty()) return tree.put(path, size_bytes, read);
  AgeEncryptor encryptor(recipients);
  bool is_finished = false;
  const auto read_encrypted = [&]() -> Result<Bytes> {
    Bytes piece;
    while (piece.empty() && !is_finished) {
      FIT_TRY(const Bytes content, read());
      encryptor.update(content, piece);
      is_finished = content.empty();
      if (is_finished) encryptor.finish(piece);
    }
    return piece;
  };
  return tree.put(path + std::string(kEncrypted), encryptor.encrypted_bytes(size_bytes), read_encrypted);
}

Result<void> VaultReader::read(const std::string& path, const blobs::FileTree::Writer& write) const {
  if (!is_encrypted) return tree.read(path, write);
  const std::string file = path + std::string(kEncrypted);
  AgeDecryptor decryptor(identities);
  const auto pass_on = [&](const Result<void>& decrypted, const Bytes& content) -> Result<void> {
    if (!decrypted) return naming_the_file(decrypted.error(), tree.name_of(file));
    return content.empty() ? Result<void>() : write(content);
  };
  FIT_CHECK(tree.read(file, [&](ByteView piece) {
    Bytes content;
    const auto decrypted = decryptor.update(piece, content);
    return pass_on(decrypted, content);
  }));
  Bytes content;
  const auto decrypted = decryptor.finish(content);
  return pass_on(decrypted, content);
}

}  // namespace fit::catalog
