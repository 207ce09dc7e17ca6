#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/age_keys.h"
#include "base/bytes.h"
#include "base/result.h"
#include "blobs/file_tree.h"

namespace fit::catalog {

// The end of the name of an encrypted file.
inline constexpr std::string_view kEncrypted = ".age";

// The path of a backup's manifest, without the end of encrypted ones.
std::string manifest_path(std::string_view backup);

// Calls work(i) for each file of these sizes, concurrently: small ones several at a time, and two at a time
// of those that are sent and read in pieces, for which memory is needed. Returns what parallel_for() returns.
Result<void> for_each_file(std::span<const std::int64_t> sizes_bytes, const std::stop_token& stop,
                           const std::function<Result<void>(std::size_t)>& work);

// Writes the files of a backup to a tree, encrypted with age to `recipients`, and then named *.age; as they
// are when there are none. Borrows its members. Thread-safe as FileTree is.
struct VaultWriter {
  blobs::FileTree& tree;
  const std::vector<AgeRecipient>& recipients;

  // As FileTree::put(); `path` and `size_bytes` are those of the content.
  Result<void> put(const std::string& path, std::uint64_t size_bytes,
                   const blobs::FileTree::Reader& read) const;
};

// Reads what a VaultWriter wrote. Borrows its members.
struct VaultReader {
  const blobs::FileTree& tree;
  bool is_encrypted = false;
  const std::vector<AgeIdentity>& identities;

  // As FileTree::read(), with the decrypted content. kMalformed naming a file that was changed or cut;
  // kForbidden naming "--identity" when it is encrypted to none of the identities. What was given to `write`
  // before an error is a beginning of the content.
  Result<void> read(const std::string& path, const blobs::FileTree::Writer& write) const;
};

}  // namespace fit::catalog
