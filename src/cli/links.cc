#include "cli/links.h"

#include "base/format.h"

namespace fit::cli {

std::string public_origin(const HttpSettings& settings) {
  std::string origin = settings.public_url;
  while (origin.ends_with('/')) origin.pop_back();
  if (!origin.empty()) return origin;
  const std::string& host = settings.host;
  const bool is_any = host == "0.0.0.0" || host == "::" || host == "[::]" || host.empty();
  const bool is_bare_ipv6 = host.contains(':') && !host.starts_with('[');
  const std::string name = is_any ? "localhost" : is_bare_ipv6 ? "[" + host + "]" : host;
  return fit::format("{}://{}:{}", settings.tls_cert.empty() ? "http" : "https", name, settings.port);
}

std::string link_url(const Config& config, accounts::LinkPurpose purpose, const std::string& token) {
  return fit::format("{}{}#token={}", public_origin(config.http), accounts::path_of(purpose), token);
}

}  // namespace fit::cli
