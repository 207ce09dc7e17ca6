#include "accounts/key_secret.h"

#include <algorithm>
#include <cstdint>
#include <ranges>

#include "base/hash.h"
#include "base/secure_random.h"

namespace fit::accounts {
namespace {

constexpr std::string_view kStart = "fit_";
constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kRandomDigits = 43;  // 62^43 > 2^256
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kChecksumDigits = 6;  // 62^6 > 2^32

// Writes a big-endian number in base 62 with this many digits.
std::string base62(Bytes number, std::size_t digits) {
  std::string text(digits, kDigits.front());
  for (char& digit : std::views::reverse(text)) {
    unsigned rest = 0;
    for (std::byte& byte : number) {
      const unsigned value = rest * 256 + std::to_integer<unsigned>(byte);
      byte = static_cast<std::byte>(value / kDigits.size());
      rest = value % kDigits.size();
    }
    digit = kDigits[rest];
  }
  return text;
}

std::string checksum_of(std::string_view payload) {
  const std::string hash = sha256_hex(as_bytes(payload));
  Bytes start;
  for (std::size_t i = 0; i < kChecksumBytes; ++i) {
    start.push_back(static_cast<std::byte>(std::stoi(hash.substr(2 * i, 2), nullptr, 16)));
  }
  return base62(std::move(start), kChecksumDigits);
}

}  // namespace

std::string make_random_token() {
  return base62(secure_random(kRandomBytes), kRandomDigits);
}

std::string make_key_secret() {
  const std::string payload = make_random_token();
  return std::string(kStart) + payload + checksum_of(payload);
}

bool is_key_secret(std::string_view text) {
  if (!text.starts_with(kStart)) return false;
  const std::string_view digits = text.substr(kStart.size());
  if (digits.size() != kRandomDigits + kChecksumDigits) return false;
  if (digits.find_first_not_of(kDigits) != std::string_view::npos) return false;
  return checksum_of(digits.substr(0, kRandomDigits)) == digits.substr(kRandomDigits);
}

std::string_view prefix_of(std::string_view secret) {
  return secret.substr(0, kPrefixLength);
}

std::string hash_of(std::string_view secret) {
  return sha256_hex(as_bytes(secret));
}

}  // namespace fit::accounts
