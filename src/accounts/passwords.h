#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::accounts {

// Accepts passwords of 8 to 1,024 bytes of UTF-8, of any composition, that are not common and not the e-mail
// address, both in any case. Common are the passwords of eight or more bytes among the 30,000 commonest of
// published leaks, and 700 long first names: common_passwords.txt, from the word lists of zxcvbn 4.4.2 (MIT).
// kInvalid naming `field`.
Result<void> check_password(const std::string& field, std::string_view password, std::string_view email);

// Hashes and verifies passwords by Argon2id (RFC 9106, libsodium). The parameters are a part of each hash.
// Thread-safe. A call takes the memory and time of the parameters; callers limit how many run at a time.
class PasswordHasher {
 public:
  struct Options {
    std::size_t memory_bytes = 64 << 20;
    std::uint64_t passes = 3;
  };
  PasswordHasher() : PasswordHasher(Options{}) {}
  explicit PasswordHasher(const Options& options) : options_(options) {}

  // kUnavailable when there is no memory.
  Result<std::string> hash(std::string_view password);

  // Whether the hash is of the password. An empty or damaged hash belongs to no password, and takes as long
  // as another one. kUnavailable when there is no memory.
  Result<bool> verify(std::string_view password, std::string_view hash);

  // Whether the hash was made with other parameters.
  bool is_outdated(const std::string& hash) const;

  // The number of hashes that were computed.
  std::uint64_t computed() const { return computed_; }

 private:
  const Options options_;
  std::atomic<std::uint64_t> computed_ = 0;
};

}  // namespace fit::accounts
