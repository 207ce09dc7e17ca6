#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/age_keys.h"
#include "base/bytes.h"
#include "base/result.h"

// Files in the format age v1 (https://c2sp.org/age), encrypted to X25519 recipients and written and read in
// pieces: the content is encrypted with ChaCha20-Poly1305 in chunks of 64 KiB, under a key that the header
// has once for each recipient. What is decrypted was neither changed, cut nor reordered; who encrypted it is
// not proved, since everybody may know a public key.
namespace fit {

// Encrypts one file. Uses memory for one chunk. Not thread-safe.
class AgeEncryptor {
 public:
  // At least one recipient.
  explicit AgeEncryptor(std::span<const AgeRecipient> recipients);

  // Appends to `out` what the file has for further content.
  void update(ByteView content, Bytes& out);
  // Appends the rest of the file. Call once, at the end.
  void finish(Bytes& out);

  // The size of the whole file for so many bytes of content.
  std::uint64_t encrypted_bytes(std::uint64_t content_bytes) const;

 private:
  void seal(ByteView chunk, bool is_last, Bytes& out);

  Bytes beginning_;  // header and nonce, until they are written
  std::uint64_t beginning_bytes_ = 0;
  Bytes key_;  // of the chunks
  Bytes chunk_;
  std::uint64_t count_ = 0;  // of sealed chunks
};

// Decrypts one file. Uses memory for the header, of at most 64 KiB, and one chunk. Not thread-safe.
class AgeDecryptor {
 public:
  explicit AgeDecryptor(std::vector<AgeIdentity> identities) : identities_(std::move(identities)) {}

  // Appends to `out` the content of a further piece of the file; every byte of it is authenticated.
  // kForbidden when the file is encrypted to none of the identities; kMalformed for what is no such file, or
  // was changed. After an error no further call is allowed.
  Result<void> update(ByteView piece, Bytes& out);
  // Appends the rest of the content. Call once, at the end of the file. kMalformed when the file was cut.
  Result<void> finish(Bytes& out);

 private:
  Result<bool> read_header();
  Result<void> open(ByteView chunk, bool is_last, Bytes& out);

  std::vector<AgeIdentity> identities_;
  Bytes pending_;  // of the file, not yet decrypted
  Bytes key_;      // of the chunks; empty before the header is read
  std::uint64_t count_ = 0;
};

}  // namespace fit
