#include "base/age_file.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "base/format.h"
#include "base/secure_random.h"

namespace fit {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
constexpr std::string_view kStanzaMark = "-> ";
constexpr std::string_view kMacMark = "---";
constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kWrapInfo = "age-encryption.org/v1/X25519";
constexpr std::size_t kFileKeyBytes = 16;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kTagBytes = crypto_aead_chacha20poly1305_ietf_ABYTES;
constexpr std::size_t kSealNonceBytes = crypto_aead_chacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kHashBytes = crypto_auth_hmacsha256_BYTES;
constexpr std::size_t kChunkBytes = 64 << 10;
constexpr std::size_t kLineDigits = 64;  // of base64 in the body of a stanza
constexpr std::size_t kMostHeaderBytes = 64 << 10;

using SealNonce = std::array<unsigned char, kSealNonceBytes>;

const unsigned char* data_of(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* data_of(Bytes& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

void append(Bytes& bytes, ByteView more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

Error no_age_file(std::string_view why) {
  return malformed("encrypted file", std::string(why));
}

// HMAC-SHA-256 with a key of any length.
Bytes hmac(ByteView key, ByteView message) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, data_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, data_of(message), message.size());
  Bytes sum(kHashBytes);
  crypto_auth_hmacsha256_final(&state, data_of(sum));
  return sum;
}

// HKDF-SHA-256 (RFC 5869) for 32 bytes, which are one block.
Bytes hkdf(ByteView secret, ByteView salt, std::string_view info) {
  Bytes block(as_bytes(info).begin(), as_bytes(info).end());
  block.push_back(std::byte{1});
  return hmac(hmac(salt, secret), block);
}

std::string base64_unpadded(ByteView bytes) {
  std::string text = encode_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

// Decodes the only text of base64 without padding that these bytes have; nullopt for other texts.
std::optional<Bytes> decode_canonical(std::string_view text) {
  if (text.empty()) return Bytes();
  auto bytes = decode_base64("base64", text, text.size());
  if (!bytes || base64_unpadded(*bytes) != text) return std::nullopt;
  return *std::move(bytes);
}

// The product of a secret and a public key; nullopt for a public key of low order.
std::optional<Bytes> shared_secret(ByteView secret, ByteView key) {
  Bytes shared(crypto_scalarmult_BYTES);
  if (crypto_scalarmult(data_of(shared), data_of(secret), data_of(key)) != 0) return std::nullopt;
  return shared;
}

Bytes wrap_key(ByteView shared, ByteView share, ByteView recipient) {
  Bytes salt(share.begin(), share.end());
  append(salt, recipient);
  return hkdf(shared, salt, kWrapInfo);
}

// The header's part for one recipient.
std::string stanza_for(const AgeRecipient& recipient, ByteView file_key) {
  const AgeIdentity ephemeral = AgeIdentity::make();
  const AgeRecipient share = ephemeral.recipient();
  // AgeRecipient::parse() has refused keys of low order, whose product is zero.
  const Bytes shared =
      shared_secret(ephemeral.key(), recipient.key()).value_or(Bytes(crypto_scalarmult_BYTES));
  const Bytes key = wrap_key(shared, share.key(), recipient.key());
  Bytes wrapped(file_key.size() + kTagBytes);
  const SealNonce nonce{};
  crypto_aead_chacha20poly1305_ietf_encrypt(data_of(wrapped), nullptr, data_of(file_key), file_key.size(),
                                            nullptr, 0, nullptr, nonce.data(), data_of(key));
  return fit::format("{}{} {}\n{}\n", kStanzaMark, kX25519, base64_unpadded(share.key()),
                     base64_unpadded(wrapped));
}

// The nonce of a chunk: its number in 11 bytes, and whether it is the last one.
SealNonce chunk_nonce(std::uint64_t number, bool is_last) {
  SealNonce nonce{};
  for (std::size_t i = 0; i < sizeof number; ++i) {
    nonce[kSealNonceBytes - 2 - i] = static_cast<unsigned char>(number >> 8 * i);
  }
  nonce[kSealNonceBytes - 1] = is_last ? 1 : 0;
  return nonce;
}

struct Stanza {
  std::vector<std::string_view> arguments;  // the type is the first
  Bytes body;
};

// Takes the first line, without its end; nullopt without a whole line.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// The arguments of a stanza, which are separated by single blanks; none for other texts.
std::vector<std::string_view> split_arguments(std::string_view line) {
  std::vector<std::string_view> arguments;
  for (;;) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view one = line.substr(0, end);
    if (one.empty() || !std::ranges::all_of(one, [](char c) { return c > ' ' && c <= '~'; })) return {};
    arguments.push_back(one);
    if (end == line.size()) return arguments;
    line.remove_prefix(end + 1);
  }
}

// Takes one stanza: its line of arguments, and lines of base64, of which the last is shorter than the others.
Result<Stanza> take_stanza(std::string_view& text) {
  const auto first = take_line(text);
  if (!first || !first->starts_with(kStanzaMark)) return no_age_file("has a damaged header");
  Stanza stanza{.arguments = split_arguments(first->substr(kStanzaMark.size())), .body = {}};
  if (stanza.arguments.empty()) return no_age_file("has a damaged header");
  for (std::string body;;) {
    const auto line = take_line(text);
    if (!line || line->size() > kLineDigits) return no_age_file("has a damaged header");
    body += *line;
    if (line->size() == kLineDigits) continue;
    auto bytes = decode_canonical(body);
    if (!bytes) return no_age_file("has a damaged header");
    stanza.body = *std::move(bytes);
    return stanza;
  }
}

// The key of the file, if this stanza has it for the identity; nullopt when it is another recipient's.
Result<std::optional<Bytes>> unwrap(const Stanza& stanza, const AgeIdentity& identity) {
  if (stanza.arguments.front() != kX25519) return std::nullopt;
  const auto share = stanza.arguments.size() == 2 ? decode_canonical(stanza.arguments[1]) : std::nullopt;
  if (!share || share->size() != kAgeKeyBytes || stanza.body.size() != kFileKeyBytes + kTagBytes) {
    return no_age_file("has a damaged header");
  }
  const auto shared = shared_secret(identity.key(), *share);
  if (!shared) return no_age_file("has a damaged header");
  const Bytes key = wrap_key(*shared, *share, identity.recipient().key());
  Bytes file_key(kFileKeyBytes);
  const SealNonce nonce{};
  const int failed =
      crypto_aead_chacha20poly1305_ietf_decrypt(data_of(file_key), nullptr, nullptr, data_of(stanza.body),
                                                stanza.body.size(), nullptr, 0, nonce.data(), data_of(key));
  if (failed != 0) return std::nullopt;
  return file_key;
}

// Reads the stanzas of a header without its first and its last line, and returns the key of the file.
Result<Bytes> file_key_in(std::string_view stanzas, std::span<const AgeIdentity> identities) {
  std::optional<Bytes> found;
  while (!stanzas.empty()) {
    FIT_TRY(const Stanza stanza, take_stanza(stanzas));
    for (const AgeIdentity& identity : identities) {
      if (found) break;
      FIT_TRY(found, unwrap(stanza, identity));
    }
  }
  if (!found) {
    return Error{ErrorCode::kForbidden, "the file is encrypted to none of the given keys", {}, {}};
  }
  return *std::move(found);
}

}  // namespace

AgeEncryptor::AgeEncryptor(std::span<const AgeRecipient> recipients) {
  const Bytes file_key = secure_random(kFileKeyBytes);
  std::string header(kVersionLine);
  for (const AgeRecipient& recipient : recipients) header += stanza_for(recipient, file_key);
  header += kMacMark;
  const Bytes mac = hmac(hkdf(file_key, {}, "header"), as_bytes(header));
  header += fit::format(" {}\n", base64_unpadded(mac));
  const Bytes nonce = secure_random(kNonceBytes);
  append(beginning_, as_bytes(header));
  append(beginning_, nonce);
  beginning_bytes_ = beginning_.size();
  key_ = hkdf(file_key, nonce, "payload");
}

void AgeEncryptor::seal(ByteView chunk, bool is_last, Bytes& out) {
  append(out, beginning_);
  beginning_.clear();
  const SealNonce nonce = chunk_nonce(count_++, is_last);
  const std::size_t at = out.size();
  out.resize(at + chunk.size() + kTagBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(data_of(out) + at, nullptr, data_of(chunk), chunk.size(), nullptr,
                                            0, nullptr, nonce.data(), data_of(key_));
}

void AgeEncryptor::update(ByteView content, Bytes& out) {
  while (!content.empty()) {
    // A full chunk is written when it is known not to be the last one.
    if (chunk_.size() == kChunkBytes) {
      seal(chunk_, false, out);
      chunk_.clear();
    }
    const ByteView piece = content.first(std::min(content.size(), kChunkBytes - chunk_.size()));
    append(chunk_, piece);
    content = content.subspan(piece.size());
  }
}

void AgeEncryptor::finish(Bytes& out) {
  seal(chunk_, true, out);
  chunk_.clear();
}

std::uint64_t AgeEncryptor::encrypted_bytes(std::uint64_t content_bytes) const {
  const std::uint64_t chunks = content_bytes == 0 ? 1 : (content_bytes + kChunkBytes - 1) / kChunkBytes;
  return beginning_bytes_ + content_bytes + chunks * kTagBytes;
}

// False while the header is not complete. Leaves in `pending_` what comes after it.
Result<bool> AgeDecryptor::read_header() {
  const std::string_view text = as_text(pending_);
  if (!text.starts_with(kVersionLine.substr(0, std::min(text.size(), kVersionLine.size())))) {
    return no_age_file("is not encrypted with age, or of another version of it");
  }
  const std::size_t mark = text.find(fit::format("\n{} ", kMacMark));
  const std::size_t end = mark == std::string_view::npos ? mark : text.find('\n', mark + 1);
  if (std::min(end, text.size()) > kMostHeaderBytes) return no_age_file("has a header of more than 64 KiB");
  if (end == std::string_view::npos || text.size() < end + 1 + kNonceBytes) return false;
  const std::size_t signed_bytes = mark + 1 + kMacMark.size();
  const auto mac = decode_canonical(text.substr(signed_bytes + 1, end - signed_bytes - 1));
  FIT_TRY(const Bytes file_key,
          file_key_in(text.substr(kVersionLine.size(), mark + 1 - kVersionLine.size()), identities_));
  const Bytes wanted = hmac(hkdf(file_key, {}, "header"), as_bytes(text.substr(0, signed_bytes)));
  if (!mac || mac->size() != wanted.size() || sodium_memcmp(mac->data(), wanted.data(), wanted.size()) != 0) {
    return no_age_file("has a header that was changed");
  }
  key_ = hkdf(file_key, ByteView(pending_).subspan(end + 1, kNonceBytes), "payload");
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(end + 1 + kNonceBytes));
  return true;
}

Result<void> AgeDecryptor::open(ByteView chunk, bool is_last, Bytes& out) {
  if (chunk.size() < kTagBytes) return no_age_file("was cut");
  // Only a file without content has an empty chunk.
  if (chunk.size() == kTagBytes && count_ > 0) return no_age_file("has an empty chunk");
  const SealNonce nonce = chunk_nonce(count_++, is_last);
  const std::size_t at = out.size();
  out.resize(at + chunk.size() - kTagBytes);
  const int failed =
      crypto_aead_chacha20poly1305_ietf_decrypt(data_of(out) + at, nullptr, nullptr, data_of(chunk),
                                                chunk.size(), nullptr, 0, nonce.data(), data_of(key_));
  if (failed == 0) return {};
  out.resize(at);
  return no_age_file("was changed or cut");
}

Result<void> AgeDecryptor::update(ByteView piece, Bytes& out) {
  append(pending_, piece);
  if (key_.empty()) {
    FIT_TRY(const bool is_read, read_header());
    if (!is_read) return {};
  }
  // One byte more than a chunk: the last one is not known before the end.
  std::size_t at = 0;
  for (; pending_.size() - at > kChunkBytes + kTagBytes; at += kChunkBytes + kTagBytes) {
    FIT_CHECK(open(ByteView(pending_).subspan(at, kChunkBytes + kTagBytes), false, out));
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

Result<void> AgeDecryptor::finish(Bytes& out) {
  if (key_.empty()) return no_age_file("is not encrypted with age, or was cut");
  return open(pending_, true, out);
}

}  // namespace fit
