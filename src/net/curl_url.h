#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace fit::net {

// A parsed URL of libcurl.
using CurlUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

inline CurlUrl make_curl_url() {
  return {curl_url(), curl_url_cleanup};
}

// Escapes blanks and characters outside ASCII; other schemes than curl's are read too.
inline constexpr unsigned kCurlUrlFlags = CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_NON_SUPPORT_SCHEME;
inline constexpr std::size_t kMaxUrlBytes = 8192;

// A part of the URL; empty when it has none.
inline std::string curl_url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string result(text);
  curl_free(text);
  return result;
}

}  // namespace fit::net
