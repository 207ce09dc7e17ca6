#include "notify/web_push_crypto.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "accounts/url_base64.h"
#include "base/bytes.h"
#include "base/format.h"
#include "base/json.h"
#include "base/secure_random.h"
#include "notify/mac.h"

namespace fit::notify {
namespace {

constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kAuthBytes = 16;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kScalarBytes = 32;
constexpr std::uint32_t kRecordBytes = 4096;
constexpr char kLastRecord = '\x02';

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Error crypto_failed(const char* what) {
  return internal("the message cannot be encrypted", what);
}

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Result<std::string> point_of(EVP_PKEY* key) {
  std::string point(kPointBytes, '\0');
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, octets(point), point.size(), &size) !=
          1 ||
      size != kPointBytes) {
    return crypto_failed("the public key is no point of P-256");
  }
  return point;
}

// Null for what is no point of the curve.
Key public_key_of(const std::string& point) {
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> build(OSSL_PARAM_BLD_new(),
                                                                              OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(
      OSSL_PARAM_BLD_to_param(build.get()), OSSL_PARAM_free);
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    key = nullptr;
  }
  return {key, EVP_PKEY_free};
}

Result<std::string> shared_secret(EVP_PKEY* own, EVP_PKEY* peer) {
  const KeyContext context(EVP_PKEY_CTX_new(own, nullptr), EVP_PKEY_CTX_free);
  std::string secret(kScalarBytes, '\0');
  std::size_t size = secret.size();
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer) != 1 ||
      EVP_PKEY_derive(context.get(), octets(secret), &size) != 1 || size != kScalarBytes) {
    return crypto_failed("ECDH");
  }
  return secret;
}

// HKDF-Expand (RFC 5869) of at most 32 bytes.
std::string hkdf_expand(std::string_view key, std::string info, std::size_t bytes) {
  info += '\x01';
  return hmac_sha256(key, info).substr(0, bytes);
}

Result<std::string> encrypt_aes128gcm(const std::string& key, const std::string& nonce,
                                      const std::string& text) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  std::string sealed(text.size() + kTagBytes, '\0');
  int size = 0;
  int last = 0;
  if (!context ||
      EVP_EncryptInit_ex2(context.get(), EVP_aes_128_gcm(), octets(std::string_view(key)),
                          octets(std::string_view(nonce)), nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), octets(sealed), &size, octets(std::string_view(text)),
                        static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), octets(sealed) + size, &last) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                          octets(sealed) + text.size()) != 1) {
    return crypto_failed("AES-128-GCM");
  }
  return sealed;
}

Result<Key> key_of_pem(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr, EVP_PKEY_free);
  if (!key) return crypto_failed("the stored key is no private key");
  return key;
}

// Signs with ES256 (RFC 7518, 3.4): r and s, 32 bytes each.
Result<std::string> sign_es256(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, 128> der{};
  std::size_t size = der.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, octets(text), text.size()) != 1) {
    return crypto_failed("ES256");
  }
  const unsigned char* at = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
  std::string both(2 * kScalarBytes, '\0');
  if (!signature ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), octets(both), static_cast<int>(kScalarBytes)) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), octets(both) + kScalarBytes,
                   static_cast<int>(kScalarBytes)) < 0) {
    return crypto_failed("ES256");
  }
  return both;
}

}  // namespace

Result<std::string> make_vapid_pem() {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  if (!key || !bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return crypto_failed("a key cannot be made");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

Result<VapidKey> read_vapid_key(const std::string& private_pem) {
  FIT_TRY(const Key key, key_of_pem(private_pem));
  FIT_TRY(const std::string point, point_of(key.get()));
  return VapidKey{.private_pem = private_pem, .public_key = accounts::url_base64(point)};
}

Result<std::string> sign_token(const std::string& private_pem, std::string_view head_json,
                               std::string_view claims_json) {
  const std::string token = accounts::url_base64(head_json) + "." + accounts::url_base64(claims_json);
  FIT_TRY(const Key private_key, key_of_pem(private_pem));
  FIT_TRY(const std::string signature, sign_es256(private_key.get(), token));
  return token + "." + accounts::url_base64(signature);
}

Result<std::string> vapid_authorization(const VapidKey& key, std::string_view audience,
                                        std::string_view subject, Timestamp expires_at) {
  const Json claims{
      {"aud", audience},
      {"exp", std::chrono::duration_cast<std::chrono::seconds>(expires_at.time_since_epoch()).count()},
      {"sub", subject}};
  FIT_TRY(const std::string token,
          sign_token(key.private_pem, R"({"typ":"JWT","alg":"ES256"})", dump_json(claims)));
  return fit::format("vapid t={}, k={}", token, key.public_key);
}

Result<void> check_push_keys(const PushKeys& keys) {
  const auto point = accounts::from_url_base64(keys.p256dh);
  if (!point || point->size() != kPointBytes || !public_key_of(*point)) {
    return invalid("keys.p256dh", "is no public key of a browser");
  }
  const auto auth = accounts::from_url_base64(keys.auth);
  if (!auth || auth->size() != kAuthBytes) return invalid("keys.auth", "must be 16 bytes in base64 for URLs");
  return {};
}

Result<std::string> encrypt_push(const PushKeys& keys, std::string_view text) {
  FIT_CHECK(check_push_keys(keys));
  if (text.size() > kMaxPushBytes) {
    return Error{ErrorCode::kTooLarge, "the message is too long for a push service", {}, {}};
  }
  const std::string browser_point = accounts::from_url_base64(keys.p256dh).value();
  const std::string auth = accounts::from_url_base64(keys.auth).value();
  const Key browser = public_key_of(browser_point);
  const Key own(EVP_EC_gen("P-256"), EVP_PKEY_free);
  if (!own) return crypto_failed("a key cannot be made");
  FIT_TRY(const std::string own_point, point_of(own.get()));
  FIT_TRY(const std::string secret, shared_secret(own.get(), browser.get()));

  // RFC 8291, 3.4.
  std::string info("WebPush: info\0", 14);
  info += browser_point + own_point;
  const std::string input = hkdf_expand(hmac_sha256(auth, secret), std::move(info), kScalarBytes);
  const std::string salt(as_text(secure_random(kSaltBytes)));
  const std::string key = hmac_sha256(salt, input);
  const std::string content_key = hkdf_expand(key, std::string("Content-Encoding: aes128gcm\0", 28), 16);
  const std::string nonce = hkdf_expand(key, std::string("Content-Encoding: nonce\0", 24), kNonceBytes);
  FIT_TRY(const std::string sealed, encrypt_aes128gcm(content_key, nonce, std::string(text) + kLastRecord));

  // The header of RFC 8188, 2.1: salt, record size, length and text of the key id.
  std::string body = salt;
  for (int shift = 24; shift >= 0; shift -= 8) body += static_cast<char>((kRecordBytes >> shift) & 0xFFU);
  body += static_cast<char>(kPointBytes);
  return body + own_point + sealed;
}

}  // namespace fit::notify
