#include "accounts/test_provider.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "accounts/json_web_token.h"
#include "accounts/url_base64.h"

namespace fit::accounts::testing {
namespace {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyDeleter>;

struct OutputDeleter {
  void operator()(BIO* output) const { BIO_free_all(output); }
};

std::string text_of_output(BIO* output) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(output, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string number_text(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw std::runtime_error(name);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return url_base64(bytes);
}

// A coordinate of P-256 with its leading zeros.
std::string coordinate_text(EVP_PKEY* key, const char* name) {
  std::string bytes = from_url_base64(number_text(key, name)).value();
  bytes.insert(0, 32 - bytes.size(), '\0');
  return url_base64(bytes);
}

}  // namespace

ProviderKey::ProviderKey(std::string id, std::string algorithm, unsigned rsa_bits)
    : id_(std::move(id)), algorithm_(std::move(algorithm)) {
  const bool is_rsa = algorithm_ == "RS256";
  const KeyPtr key(is_rsa ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("OpenSSL makes no key");
  const std::unique_ptr<BIO, OutputDeleter> secret(BIO_new(BIO_s_mem()));
  const std::unique_ptr<BIO, OutputDeleter> open(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open.get(), key.get());
  private_pem_ = text_of_output(secret.get());
  public_pem_ = text_of_output(open.get());
  if (is_rsa) {
    web_key_ = {{"kty", "RSA"},
                {"n", number_text(key.get(), OSSL_PKEY_PARAM_RSA_N)},
                {"e", number_text(key.get(), OSSL_PKEY_PARAM_RSA_E)}};
  } else {
    web_key_ = {{"kty", "EC"},
                {"crv", "P-256"},
                {"x", coordinate_text(key.get(), OSSL_PKEY_PARAM_EC_PUB_X)},
                {"y", coordinate_text(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y)}};
  }
  web_key_["kid"] = id_;
  web_key_["alg"] = algorithm_;
  web_key_["use"] = "sig";
}

WebKey ProviderKey::parsed() const {
  return {.id = id_, .algorithm = algorithm_, .pem = public_pem_};
}

std::string ProviderKey::sign(const Json& claims, const std::string& algorithm) const {
  const std::string& name = algorithm.empty() ? algorithm_ : algorithm;
  const std::string& secret = name == "HS256" ? public_pem_ : private_pem_;
  jwt_t* made = nullptr;
  jwt_new(&made);
  const JwtPtr token(made);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(secret.data());
  const bool is_signed = name != "none";
  if (jwt_add_grants_json(token.get(), dump_json(claims).c_str()) != 0 ||
      jwt_add_header(token.get(), "kid", id_.c_str()) != 0 ||
      jwt_set_alg(token.get(), jwt_str_alg(name.c_str()), is_signed ? bytes : nullptr,
                  is_signed ? static_cast<int>(secret.size()) : 0) != 0) {
    throw std::runtime_error("libjwt makes no token");
  }
  return JwtTextPtr(jwt_encode_str(token.get())).get();
}

std::string key_set(const std::vector<const ProviderKey*>& keys) {
  Json list = Json::array();
  for (const ProviderKey* const key : keys) list.push_back(key->web_key());
  return dump_json({{"keys", std::move(list)}});
}

std::int64_t seconds_from_now(std::int64_t seconds) {
  return std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count() + seconds;
}

Json valid_claims(const std::string& issuer) {
  return {{"iss", issuer},
          {"aud", "fit"},
          {"sub", "ann-1"},
          {"exp", seconds_from_now(300)},
          {"iat", seconds_from_now(0)},
          {"nonce", "the-nonce"},
          {"email", "Ann@Shop.example"},
          {"email_verified", true},
          {"name", "Ann"},
          {"groups", {"staff", "other"}}};
}

}  // namespace fit::accounts::testing
