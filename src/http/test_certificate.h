#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstring>
#include <memory>
#include <string>

namespace fit::http {

// The text that a function of OpenSSL writes in PEM form.
template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  write(bio.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// A self-signed certificate with its key, for tests.
class TestCertificate {
 public:
  // `key` is EVP_EC_gen("P-256") or another; the certificate owns it.
  explicit TestCertificate(const std::string& name, EVP_PKEY* key = EVP_EC_gen("P-256"))
      : key_(key, &EVP_PKEY_free), certificate_(X509_new(), &X509_free) {
    static constexpr long kDayS = 86'400;
    X509* const made = certificate_.get();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -kDayS);
    X509_gmtime_adj(X509_getm_notAfter(made), kDayS);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(made));
    X509_set_pubkey(made, key_.get());
    X509_sign(made, key_.get(), EVP_sha256());
  }

  std::string certificate() const {
    return pem_of([this](BIO* bio) { PEM_write_bio_X509(bio, certificate_.get()); });
  }
  std::string key() const {
    return pem_of([this](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  std::string encrypted_key() const {
    return pem_of([this](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, key_.get(), EVP_aes_256_cbc(), nullptr, 0, nullptr,
                               const_cast<char*>("secret"));
    });
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

}  // namespace fit::http
