#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::ingest {

// A page as a server or a browser sent it. The views must outlive the call that reads them.
struct PageContent {
  std::string_view url;           // the address that the page was read from, after redirects; http or https
  std::string_view html;          // the bytes of its body, decompressed
  std::string_view content_type;  // the Content-Type header or a charset's name; empty: not known
};

class HtmlTree;

// A parsed page. Scripts do not run, and nothing is fetched. Immutable and thread-safe once made.
class WebPage {
 public:
  // Detects the encoding (byte order mark, header, <meta>, the bytes themselves) and parses. kTooLarge naming
  // "html" for more than kMaxPageBytes; kInvalid naming "url" for an address that is not http or https;
  // kMalformed naming "html" for a body without any element. Elements below kMaxPageDepth levels are left
  // out.
  static Result<WebPage> parse(const PageContent& content);
  WebPage(WebPage&& other) noexcept;
  WebPage& operator=(WebPage&& other) noexcept;
  ~WebPage();

  const std::string& url() const { return url_; }
  // The address that the page names as its own (<link rel="canonical">, og:url), if it is on the same host
  // and is not the host's front page; otherwise url(). Without a fragment and without parameters that only
  // track visitors ("utm_source").
  const std::string& canonical_url() const { return canonical_url_; }

  // The tree; for the readers of this room.
  const HtmlTree& tree() const { return *tree_; }

 private:
  WebPage(std::string url, std::unique_ptr<HtmlTree> tree);

  std::string url_;
  std::string canonical_url_;
  std::unique_ptr<HtmlTree> tree_;
};

inline constexpr std::size_t kMaxPageBytes = 10u << 20;
inline constexpr int kMaxPageDepth = 256;

}  // namespace fit::ingest
