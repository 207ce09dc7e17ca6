#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"

struct ssl_ctx_st;  // of OpenSSL

namespace fit::http {

// Two PEM files.
struct TlsFiles {
  std::filesystem::path certificate;  // this server's, then those between it and the authority
  std::filesystem::path key;          // the private key of the first certificate, not encrypted
};

// The certificate and private key of a server, and what TLS connections agree on: TLS 1.2 or 1.3, cipher
// suites with forward secrecy and authenticated encryption, HTTP/1.1 (ALPN), no compression and no
// renegotiation. A thread of its own reads the files again when they have changed and at reload(). Files that
// are no valid pair are logged, and the certificate before them stays in use. Thread-safe.
class TlsCertificate {
 public:
  // kInvalid naming TLS_CERT or TLS_KEY for a file that cannot be read, is no certificate or key, or does not
  // belong to the other. Looks for changes every `check_period`. `metrics` must outlive the certificate.
  static Result<std::unique_ptr<TlsCertificate>> open(
      TlsFiles files, Metrics& metrics, Log log,
      std::chrono::milliseconds check_period = std::chrono::seconds(2));
  TlsCertificate(const TlsCertificate&) = delete;
  TlsCertificate& operator=(const TlsCertificate&) = delete;

  // What new connections are made from. Connections keep the one that they began with.
  std::shared_ptr<ssl_ctx_st> context() const;

  // Reads the files again soon, changed or not. Does not block.
  void reload();

 private:
  TlsCertificate(TlsFiles files, Metrics& metrics, Log log);
  Result<void> load();

  const TlsFiles files_;
  Gauge& expiry_;
  const Log log_;
  mutable std::mutex mutex_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::atomic<bool> must_reload_{false};
  BackgroundTask task_;  // the last member, so that it ends before what it uses
};

}  // namespace fit::http
