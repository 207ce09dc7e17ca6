#include "accounts/web_keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>

#include "accounts/url_base64.h"
#include "base/json.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxKeys = 100;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr std::size_t kMaxExponentBytes = 8;
constexpr std::size_t kCoordinateBytes = 32;  // of the curve P-256
constexpr char kUncompressedPoint = '\x04';

template <auto free_object>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    free_object(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using Output = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

std::string bytes_of(const Json& key, const char* name) {
  return from_url_base64(json_text(key, name)).value_or("");
}

Number number_of(const std::string& bytes) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr));
}

// A public key of its parameters; null when they make no valid key.
Key make_key(const char* kind, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  Key key(made);
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check_quick(check.get()) == 1 ? std::move(key) : nullptr;
}

Key rsa_key(const Json& json) {
  const std::string modulus = bytes_of(json, "n");
  const std::string exponent = bytes_of(json, "e");
  if (modulus.empty() || modulus.size() > kMaxRsaBits / 8 || exponent.empty() ||
      exponent.size() > kMaxExponentBytes) {
    return nullptr;
  }
  const Number n = number_of(modulus);
  const Number e = number_of(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < kMinRsaBits ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return make_key("RSA", builder.get());
}

Key curve_key(const Json& json) {
  const std::string x = bytes_of(json, "x");
  const std::string y = bytes_of(json, "y");
  const Builder builder(OSSL_PARAM_BLD_new());
  if (json_text(json, "crv") != "P-256" || x.size() != kCoordinateBytes || y.size() != kCoordinateBytes ||
      !builder) {
    return nullptr;
  }
  const std::string point = kUncompressedPoint + x + y;
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1) {
    return nullptr;
  }
  return make_key("EC", builder.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Output output(BIO_new(BIO_s_mem()));
  if (!output || PEM_write_bio_PUBKEY(output.get(), key) != 1) return {};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(output.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// nullopt for a key that is for something else or is damaged.
std::optional<WebKey> parse_key(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const std::string kind = json_text(json, "kty");
  const std::string use = json_text(json, "use");
  const std::string algorithm = json_text(json, "alg");
  WebKey key{.id = json_text(json, "kid"), .algorithm = kind == "RSA" ? "RS256" : "ES256", .pem = {}};
  if (!use.empty() && use != "sig") return std::nullopt;
  if (!algorithm.empty() && algorithm != key.algorithm) return std::nullopt;
  const Key made = kind == "RSA" ? rsa_key(json) : kind == "EC" ? curve_key(json) : nullptr;
  if (!made) return std::nullopt;
  key.pem = pem_of(made.get());
  if (key.pem.empty()) return std::nullopt;
  return key;
}

}  // namespace

Result<std::vector<WebKey>> parse_web_keys(std::string_view text) {
  const Error no_set{ErrorCode::kBadGateway, "the sign-in provider has no valid set of keys", {}, {}};
  const auto json = parse_json("keys", text);
  if (!json || !json->is_object()) return no_set;
  const auto list = json->find("keys");
  if (list == json->end() || !list->is_array() || list->size() > kMaxKeys) return no_set;
  std::vector<WebKey> keys;
  for (const Json& one : *list) {
    if (auto key = parse_key(one)) keys.push_back(*std::move(key));
  }
  return keys;
}

}  // namespace fit::accounts
