#include "http/immutable_file.h"

#include "http/etag.h"

namespace fit::http {

Response immutable_file(const Request& request, const std::string& media_type, std::string_view version,
                        CachedBy cached_by) {
  const std::string tag = etag_of_version(version);
  Response response{.status = 200, .content_type = media_type, .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", cached_by == CachedBy::kEverybody
                                                     ? "public, max-age=31536000, immutable"
                                                     : "private, max-age=31536000, immutable");
  response.headers.emplace_back("Vary", "X-Tenant");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  if (none_match_names(request.headers.get("if-none-match"), tag)) response.status = 304;
  return response;
}

}  // namespace fit::http
