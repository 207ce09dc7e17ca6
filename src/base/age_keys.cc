#include "base/age_keys.h"

#include <sodium.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <ranges>

#include "base/format.h"
#include "base/secure_random.h"
#include "base/text.h"

namespace fit {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "age-secret-key-";
constexpr std::string_view kScheme = "age:";
constexpr std::string_view kBech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumDigits = 6;

using Digits = std::vector<std::uint8_t>;  // of 5 bits

// The checksum of BIP 173 over the prefix and the digits: 1 for a whole text.
std::uint32_t bech32_checksum(std::string_view prefix, const Digits& digits) {
  std::uint32_t sum = 1;
  const auto feed = [&sum](unsigned value) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                         0x2a1462b3};
    const std::uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      if ((top >> i & 1) != 0) sum ^= kGenerator[i];
    }
  };
  for (const char c : prefix) feed(static_cast<unsigned char>(c) >> 5);
  feed(0);
  for (const char c : prefix) feed(static_cast<unsigned char>(c) & 31);
  for (const std::uint8_t digit : digits) feed(digit);
  return sum;
}

std::string bech32_encode(std::string_view prefix, ByteView bytes) {
  Digits digits;
  unsigned bits = 0;
  unsigned count = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8 | std::to_integer<unsigned>(byte);
    for (count += 8; count >= 5; count -= 5) digits.push_back(bits >> (count - 5) & 31);
    bits &= (1U << count) - 1;
  }
  if (count > 0) digits.push_back(bits << (5 - count) & 31);
  Digits framed = digits;
  framed.resize(framed.size() + kChecksumDigits);
  const std::uint32_t sum = bech32_checksum(prefix, framed) ^ 1;
  std::string text = fit::format("{}1", prefix);
  for (std::size_t i = 0; i < kChecksumDigits; ++i) digits.push_back(sum >> 5 * (5 - i) & 31);
  for (const std::uint8_t digit : digits) text += kBech32Digits[digit];
  return text;
}

// The 32 bytes of a text with this prefix, in lower or upper case; nullopt for other texts.
std::optional<std::array<std::byte, kAgeKeyBytes>> bech32_key(std::string_view prefix,
                                                              std::string_view text) {
  const bool has_lower = std::ranges::any_of(text, [](unsigned char c) { return std::islower(c) != 0; });
  const bool has_upper = std::ranges::any_of(text, [](unsigned char c) { return std::isupper(c) != 0; });
  if (has_lower && has_upper) return std::nullopt;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (!lower.starts_with(prefix) || lower.size() <= prefix.size() || lower[prefix.size()] != '1') {
    return std::nullopt;
  }
  Digits digits;
  for (const char c : lower.substr(prefix.size() + 1)) {
    const std::size_t digit = kBech32Digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    digits.push_back(static_cast<std::uint8_t>(digit));
  }
  constexpr std::size_t kKeyDigits = (kAgeKeyBytes * 8 + 4) / 5;
  if (digits.size() != kKeyDigits + kChecksumDigits || bech32_checksum(prefix, digits) != 1) {
    return std::nullopt;
  }
  std::array<std::byte, kAgeKeyBytes> key{};
  unsigned bits = 0;
  unsigned count = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kKeyDigits; ++i) {
    bits = (bits << 5 | digits[i]) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    key[at++] = static_cast<std::byte>(bits >> count & 0xff);
  }
  if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;  // bits that belong to no byte
  return key;
}

// Whether the product with every secret key is zero.
bool has_low_order(const std::array<std::byte, kAgeKeyBytes>& key) {
  const std::array<unsigned char, kAgeKeyBytes> secret{};
  std::array<unsigned char, crypto_scalarmult_BYTES> product{};
  return crypto_scalarmult(product.data(), secret.data(),
                           reinterpret_cast<const unsigned char*>(key.data())) != 0;
}

}  // namespace

Result<AgeRecipient> AgeRecipient::parse(std::string_view field, std::string_view text) {
  const auto key = bech32_key(kRecipientPrefix, text);
  if (!key) {
    return invalid(std::string(field),
                   fit::format("must be a public key of age such as age1…, not \"{}\"", text));
  }
  AgeRecipient recipient;
  recipient.key_ = *key;
  if (has_low_order(recipient.key_)) {
    return invalid(std::string(field), "must be a public key of age: this one has no secret key");
  }
  return recipient;
}

std::string AgeRecipient::text() const {
  return bech32_encode(kRecipientPrefix, key_);
}

AgeIdentity AgeIdentity::make() {
  AgeIdentity identity;
  std::ranges::copy(secure_random(kAgeKeyBytes), identity.key_.begin());
  return identity;
}

Result<AgeIdentity> AgeIdentity::parse(std::string_view field, std::string_view text) {
  const auto key = bech32_key(kIdentityPrefix, text);
  if (!key) return invalid(std::string(field), "must be a secret key of age: AGE-SECRET-KEY-1…");
  AgeIdentity identity;
  identity.key_ = *key;
  return identity;
}

std::string AgeIdentity::text() const {
  std::string text = bech32_encode(kIdentityPrefix, key_);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

AgeRecipient AgeIdentity::recipient() const {
  AgeRecipient recipient;
  crypto_scalarmult_base(reinterpret_cast<unsigned char*>(recipient.key_.data()),
                         reinterpret_cast<const unsigned char*>(key_.data()));
  return recipient;
}

Result<std::vector<AgeRecipient>> parse_age_recipients(std::string_view field, std::string_view text) {
  std::vector<AgeRecipient> recipients;
  for (const auto part : std::views::split(text, ',')) {
    std::string_view one = trim(std::string_view(part.begin(), part.end()));
    if (one.starts_with(kScheme)) one.remove_prefix(kScheme.size());
    FIT_TRY(recipients.emplace_back(), AgeRecipient::parse(field, one));
  }
  if (recipients.empty()) return invalid(std::string(field), "must name a public key of age: age:age1…");
  return recipients;
}

Result<std::vector<AgeIdentity>> parse_age_identities(std::string_view field, std::string_view text) {
  std::vector<AgeIdentity> identities;
  for (const auto part : std::views::split(text, '\n')) {
    const std::string_view line = trim(std::string_view(part.begin(), part.end()));
    if (line.empty() || line.starts_with('#')) continue;
    FIT_TRY(identities.emplace_back(), AgeIdentity::parse(field, line));
  }
  if (identities.empty()) return invalid(std::string(field), "has no secret key of age");
  return identities;
}

}  // namespace fit
