#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// Keys of the file encryption age (https://c2sp.org/age), of its kind X25519. Their texts are Bech32 (BIP
// 173).
namespace fit {

inline constexpr std::size_t kAgeKeyBytes = 32;

// A public key, to which files are encrypted. Its text is "age1…".
class AgeRecipient {
 public:
  // kInvalid naming `field` for other texts.
  static Result<AgeRecipient> parse(std::string_view field, std::string_view text);

  std::string text() const;
  ByteView key() const { return key_; }

 private:
  friend class AgeIdentity;

  std::array<std::byte, kAgeKeyBytes> key_{};
};

// A secret key, which decrypts what was encrypted to its recipient. Its text is "AGE-SECRET-KEY-1…".
class AgeIdentity {
 public:
  // A new random key.
  static AgeIdentity make();
  // kInvalid naming `field` for other texts; the message does not repeat the text.
  static Result<AgeIdentity> parse(std::string_view field, std::string_view text);

  std::string text() const;
  AgeRecipient recipient() const;
  ByteView key() const { return key_; }

 private:
  std::array<std::byte, kAgeKeyBytes> key_{};
};

// Reads recipients separated by commas, each "age1…" or "age:age1…". kInvalid naming `field`, also for none.
Result<std::vector<AgeRecipient>> parse_age_recipients(std::string_view field, std::string_view text);

// Reads the content of an identity file, as age-keygen writes it: a secret key on each line; empty lines and
// lines that begin with # are skipped. kInvalid naming `field`, also for a file without a key.
Result<std::vector<AgeIdentity>> parse_age_identities(std::string_view field, std::string_view text);

}  // namespace fit
