#include "accounts/totp.h"

#include <liboath/oath.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "accounts/key_secret.h"
#include "base/bytes.h"
#include "base/format.h"
#include "base/percent_encoding.h"
#include "base/scope_exit.h"
#include "base/secure_random.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";  // RFC 4648
constexpr std::size_t kSecretDigits = 32;
constexpr int kCodeDigits = 6;
constexpr std::int64_t kStepSeconds = 30;
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryDigits = 16;
constexpr std::size_t kGroup = 4;

std::string random_base32(std::size_t digits) {
  std::string text;
  for (const auto byte : secure_random(digits)) text += kBase32[static_cast<unsigned>(byte) % kBase32.size()];
  return text;
}

// Compares without telling by time where the texts differ.
bool are_equal(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace

std::string make_totp_secret() {
  return random_base32(kSecretDigits);
}

Result<std::optional<std::int64_t>> totp_step(const std::string& secret, std::string_view code,
                                              Timestamp time) {
  char* key = nullptr;
  std::size_t size = 0;
  if (::oath_init() != OATH_OK ||
      ::oath_base32_decode(secret.data(), secret.size(), &key, &size) != OATH_OK) {
    return Error{ErrorCode::kDamaged, "the one-time codes of this user are damaged", {}, "not in base 32"};
  }
  const ScopeExit free_key([key] { std::free(key); });
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::optional<std::int64_t> found;
  for (const int skew : {0, -1, 1}) {
    const std::int64_t step = seconds / kStepSeconds + skew;
    std::array<char, kCodeDigits + 1> expected{};
    if (::oath_totp_generate(key, size, step * kStepSeconds, OATH_TOTP_DEFAULT_TIME_STEP_SIZE,
                             OATH_TOTP_DEFAULT_START_TIME, kCodeDigits, expected.data()) != OATH_OK) {
      return internal("a one-time code cannot be computed", {});
    }
    if (are_equal(code, expected.data()) && !found) found = step;
  }
  return found;
}

std::string otpauth_uri(std::string_view secret, std::string_view email) {
  return fit::format("otpauth://totp/Find%20This%20Fit:{}?secret={}&issuer=Find%20This%20Fit",
                     percent_encode(email), secret);
}

std::vector<std::string> make_recovery_codes() {
  std::vector<std::string> codes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    std::string code;
    for (const char c : to_lower(random_base32(kRecoveryDigits))) {
      if (code.size() % (kGroup + 1) == kGroup) code += '-';
      code += c;
    }
    codes.push_back(std::move(code));
  }
  return codes;
}

std::optional<std::string> recovery_code_hash(std::string_view code) {
  std::string digits = to_lower(trim(code));
  std::erase(digits, '-');
  if (digits.size() != kRecoveryDigits) return std::nullopt;
  return hash_of(digits);
}

}  // namespace fit::accounts
