#include "main/settings_check.h"

#include "http/origins.h"
#include "http/public_url.h"
#include "http/tls_certificate.h"
#include "main/options.h"
#include "search/rerank.h"

namespace fit {
namespace {

// Keeps the error of a call.
class Errors {
 public:
  template <class T>
  void note(const Result<T>& result) {
    if (!result) list_.push_back(result.error());
  }
  std::vector<Error> take() { return std::move(list_); }

 private:
  std::vector<Error> list_;
};

Result<void> check_tls(const HttpSettings& settings, const Log& log) {
  FIT_TRY(auto files, tls_files(settings));
  if (!files) return {};
  Metrics metrics;
  FIT_TRY(const auto certificate, http::TlsCertificate::open(*std::move(files), metrics, log));
  return {};
}

Result<void> check_exchange_rates(const Config& config, const Log& log) {
  if (config.search.exchange_rates.empty()) return {};
  Metrics metrics;
  net::HttpClient http({.allow_private_addresses = config.net.allow_private_addresses});
  FIT_TRY(const auto rates, serving::ExchangeRateSource::open({.http = http, .log = log, .metrics = metrics},
                                                              exchange_rate_options(config)));
  return {};
}

}  // namespace

std::vector<Error> check_server_settings(const Config& config, const Log& log) {
  const HttpSettings& http = config.http;
  Errors errors;
  errors.note(http::AllowedOrigins::parse("ALLOWED_ORIGINS", http.allowed_origins));
  errors.note(http::AllowedHosts::parse("ALLOWED_HOSTS", http.allowed_hosts));
  if (!http.public_url.empty()) errors.note(http::PublicUrl::parse("PUBLIC_URL", http.public_url));
  errors.note(server_options(http, {}, nullptr));
  errors.note(check_tls(http, log));
  errors.note(mail_options(config.mail));
  errors.note(apns_options(config.apns));
  errors.note(provider_options(config.oidc));
  errors.note(trace_options(config.traces));
  errors.note(sentry_options(config.error_reports));
  errors.note(search::parse_rerank_spaces(config.search.rerank_spaces));
  errors.note(check_exchange_rates(config, log));
  return errors.take();
}

}  // namespace fit
