#include "net/url.h"

#include "base/text.h"
#include "net/curl_url.h"

namespace fit::net {
namespace {

std::optional<Url> url_of(CURLU* handle) {
  Url url{.scheme = to_lower(curl_url_part(handle, CURLUPART_SCHEME)),
          .host = to_lower(curl_url_part(handle, CURLUPART_HOST)),
          .port = curl_url_part(handle, CURLUPART_PORT),
          .path = curl_url_part(handle, CURLUPART_PATH),
          .query = curl_url_part(handle, CURLUPART_QUERY)};
  if ((url.scheme != "http" && url.scheme != "https") || url.host.empty()) return std::nullopt;
  if (url.port == (url.scheme == "http" ? "80" : "443")) url.port.clear();
  if (!url.path.starts_with('/')) url.path.insert(0, "/");
  return url;
}

bool set_url(CURLU* handle, std::string_view text) {
  const std::string_view trimmed = trim(text);
  return !trimmed.empty() && trimmed.size() <= kMaxUrlBytes && !trimmed.contains('\0') &&
         curl_url_set(handle, CURLUPART_URL, std::string(trimmed).c_str(), kCurlUrlFlags) == CURLUE_OK;
}

}  // namespace

std::string Url::origin() const {
  return scheme + "://" + authority();
}

std::optional<Url> parse_url(std::string_view text) {
  const CurlUrl handle = make_curl_url();
  if (!text.contains("://") || !set_url(handle.get(), text)) return std::nullopt;
  return url_of(handle.get());
}

std::optional<Url> resolve_url(const Url& base, std::string_view reference) {
  const CurlUrl handle = make_curl_url();
  if (!set_url(handle.get(), base.text())) return std::nullopt;
  if (!trim(reference).empty() && !set_url(handle.get(), reference)) return std::nullopt;
  return url_of(handle.get());
}

}  // namespace fit::net
