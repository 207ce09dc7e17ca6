#include "accounts/passwords.h"

#include <sodium.h>

#include "accounts/common_passwords.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMinBytes = 8;
constexpr std::size_t kMaxBytes = 1024;

bool is_common(const std::string& lower) {
  const std::string line = "\n" + lower + "\n";
  return common_passwords().contains(line);
}

Error no_memory() {
  return {ErrorCode::kUnavailable, "there is no memory to check a password; try again soon", {}, {}};
}

}  // namespace

Result<void> check_password(const std::string& field, std::string_view password, std::string_view email) {
  if (password.size() < kMinBytes) return invalid(field, "must have at least 8 characters");
  if (password.size() > kMaxBytes) return invalid(field, "must have at most 1024 bytes");
  if (!is_utf8(password) || password.contains('\0')) return invalid(field, "must be UTF-8");
  const std::string lower = to_lower(password);
  if (lower == to_lower(trim(email))) return invalid(field, "is the e-mail address; choose another one");
  if (is_common(lower)) return invalid(field, "is one of the commonest passwords; choose another one");
  return {};
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  if (sodium_init() < 0) return internal("libsodium does not start", {});
  ++computed_;
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), options_.passes,
                        options_.memory_bytes) != 0) {
    return no_memory();
  }
  hash.resize(hash.find('\0'));
  return hash;
}

Result<bool> PasswordHasher::verify(std::string_view password, std::string_view hash) {
  if (hash.empty() || hash.size() >= crypto_pwhash_STRBYTES) {
    FIT_CHECK(this->hash(password));
    return false;
  }
  if (sodium_init() < 0) return internal("libsodium does not start", {});
  ++computed_;
  return crypto_pwhash_str_verify(std::string(hash).c_str(), password.data(), password.size()) == 0;
}

bool PasswordHasher::is_outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), options_.passes, options_.memory_bytes) != 0;
}

}  // namespace fit::accounts
