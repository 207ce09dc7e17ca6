#include "http/tls_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <array>
#include <ctime>
#include <string_view>

#include "base/clock.h"
#include "base/files.h"
#include "base/format.h"

namespace fit::http {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;
constexpr const char* kCertificate = "TLS_CERT";
constexpr const char* kKey = "TLS_KEY";

// Mozilla's "intermediate" list without finite-field Diffie-Hellman. TLS 1.3 has a list of its own.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

template <auto kFree>
struct Freed {
  void operator()(auto* object) const { kFree(object); }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using ContextPtr = std::shared_ptr<SSL_CTX>;

// The content of a file, overwritten when it is destroyed.
struct Secret {
  explicit Secret(Bytes given) : bytes(std::move(given)) {}
  ~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  Secret(Secret&&) = default;
  Secret& operator=(Secret&&) = delete;

  BioPtr bio() const { return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))); }
  Bytes bytes;
};

// OpenSSL's reason for the last failure of this thread.
std::string_view last_reason() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown reason" : reason;
}

Error unusable(const char* setting, const std::filesystem::path& file, std::string_view why) {
  return invalid(setting, fit::format("{} {}", file.string(), why));
}

Result<Secret> read_pem(const char* setting, const std::filesystem::path& file) {
  auto content = read_file(file, kMaxFileBytes);
  if (!content) return unusable(setting, file, fit::format("cannot be read: {}", content.error().message));
  return Secret(*std::move(content));
}

int refuse_password(char*, int, int, void*) {
  return -1;  // nobody is asked for one
}

// Adds the certificate and those after it. Returns the certificate.
Result<X509Ptr> add_certificates(SSL_CTX& context, const std::filesystem::path& file) {
  FIT_TRY(const Secret content, read_pem(kCertificate, file));
  const BioPtr bio = content.bio();
  X509Ptr own(PEM_read_bio_X509_AUX(bio.get(), nullptr, refuse_password, nullptr));
  if (!own) return unusable(kCertificate, file, "has no certificate in PEM form");
  if (SSL_CTX_use_certificate(&context, own.get()) != 1) {
    return unusable(kCertificate, file,
                    fit::format("has a certificate that is not accepted: {}", last_reason()));
  }
  while (X509Ptr next{PEM_read_bio_X509(bio.get(), nullptr, refuse_password, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(&context, next.get()) != 1) {
      return unusable(kCertificate, file,
                      fit::format("has a certificate that is not accepted: {}", last_reason()));
    }
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return unusable(kCertificate, file, "has a damaged certificate after the first");
  }
  return own;
}

Result<void> add_key(SSL_CTX& context, X509& certificate, const std::filesystem::path& file) {
  FIT_TRY(const Secret content, read_pem(kKey, file));
  const KeyPtr key(PEM_read_bio_PrivateKey(content.bio().get(), nullptr, refuse_password, nullptr));
  if (!key) return unusable(kKey, file, "has no private key in PEM form without a password");
  if (X509_check_private_key(&certificate, key.get()) != 1) {
    return unusable(kKey, file, "is not the key of the certificate in TLS_CERT");
  }
  if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1) {
    return unusable(kKey, file, fit::format("has a key that is not accepted: {}", last_reason()));
  }
  return {};
}

// Chooses HTTP/1.1 where a client says what it speaks.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(&match, chosen_size, kOurs.data(), kOurs.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

Result<ContextPtr> make_context() {
  ContextPtr context(SSL_CTX_new(TLS_server_method()), Freed<SSL_CTX_free>());
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kCiphers) != 1) {
    return internal("TLS is not available", std::string(last_reason()));
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Tickets carry the sessions. Without AUTO_RETRY a read ends after a record without data, so that other
  // connections of the loop get their turn. Idle connections have no buffers.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  return context;
}

// 0 for a time that cannot be read.
std::time_t expiry_of(const X509& certificate) {
  std::tm parts{};
  return ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &parts) == 1 ? ::timegm(&parts) : 0;
}

// What tells whether a file has changed.
using Stamp = std::array<std::int64_t, 5>;

Stamp stamp_of(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {static_cast<std::int64_t>(status.st_ino), status.st_size, status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec, status.st_ctim.tv_nsec};
}

}  // namespace

TlsCertificate::TlsCertificate(TlsFiles files, Metrics& metrics, Log log)
    : files_(std::move(files)),
      expiry_(metrics.gauge("fit_tls_certificate_expiry_timestamp_seconds",
                            "Time at which the certificate in use expires")),
      log_(std::move(log)) {}

Result<std::unique_ptr<TlsCertificate>> TlsCertificate::open(TlsFiles files, Metrics& metrics, Log log,
                                                             std::chrono::milliseconds check_period) {
  std::unique_ptr<TlsCertificate> opened(new TlsCertificate(std::move(files), metrics, std::move(log)));
  TlsCertificate& certificate = *opened;
  const std::array before = {stamp_of(certificate.files_.certificate), stamp_of(certificate.files_.key)};
  FIT_CHECK(certificate.load());
  certificate.task_.start([&certificate, check_period, last = before](const std::stop_token&) mutable {
    while (certificate.task_.wait_for(check_period)) {
      const std::array now = {stamp_of(certificate.files_.certificate), stamp_of(certificate.files_.key)};
      if (!certificate.must_reload_.exchange(false) && now == last) continue;
      last = now;
      if (const auto loaded = certificate.load(); !loaded) {
        certificate.log_.error("the TLS certificate before stays in use", loaded.error());
      }
    }
  });
  return opened;
}

Result<void> TlsCertificate::load() {
  ERR_clear_error();
  FIT_TRY(ContextPtr context, make_context());
  FIT_TRY(const X509Ptr certificate, add_certificates(*context, files_.certificate));
  FIT_CHECK(add_key(*context, *certificate, files_.key));
  const std::time_t expiry = expiry_of(*certificate);
  {
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
  }
  expiry_.set(static_cast<double>(expiry));
  log_.info("TLS certificate", {{"file", files_.certificate.string()},
                                {"expires", to_rfc3339(Timestamp(std::chrono::seconds(expiry)))}});
  return {};
}

std::shared_ptr<ssl_ctx_st> TlsCertificate::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

void TlsCertificate::reload() {
  must_reload_ = true;
  task_.wake();
}

}  // namespace fit::http
