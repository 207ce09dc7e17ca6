#include "ingest/pages/web_page.h"

#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/page_links.h"
#include "text/encoding.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kCharsetHead = 4096;  // where a <meta> must name the encoding

// The value of charset= in a Content-Type or in the head of a page; the whole text if it is only a name.
std::string charset_in(std::string_view text) {
  const std::string lower = to_lower(text);
  std::size_t at = lower.find("charset");
  if (at == std::string::npos) return lower.find_first_of("/ <") == std::string::npos ? lower : std::string();
  at = lower.find_first_not_of(" =\"'", at + 7);
  if (at == std::string::npos) return {};
  const std::size_t end = std::min(lower.find_first_of("\"' ;>/", at), lower.size());
  return lower.substr(at, end - at);
}

std::string decoded_page(const PageContent& content) {
  text::EncodingDetector detector;
  detector.add(content.html);
  text::Encoding encoding = detector.finish();
  if (encoding.is_guess) {
    std::string declared = charset_in(content.content_type);
    if (declared.empty()) declared = charset_in(content.html.substr(0, kCharsetHead));
    if (!declared.empty() && declared != "utf-8" && text::Decoder::open(declared)) encoding.name = declared;
  }
  auto decoder = text::Decoder::open(encoding.name);
  std::string utf8;
  if (!decoder) return std::string(content.html);
  decoder->decode(content.html.substr(encoding.mark_bytes), true, utf8);
  return utf8;
}

// The address that the page names as its own; empty without one.
std::string named_address(const HtmlTree& tree, const std::string& url) {
  for (const HtmlNode node : tree.elements()) {
    const bool is_canonical = node.is("link") && to_lower(node.attribute("rel")) == "canonical";
    const bool is_og = node.is("meta") && node.attribute("property") == "og:url";
    if (!is_canonical && !is_og) continue;
    std::string named = absolute_url(url, node.attribute(is_og ? "content" : "href"));
    if (url_host(named) != url_host(url) || named.size() > catalog::kMaxUrl) continue;
    const std::size_t path = named.find('/', named.find("://") + 3);
    if (path != std::string::npos && path + 1 < named.size()) return named;
  }
  return {};
}

}  // namespace

WebPage::WebPage(std::string url, std::unique_ptr<HtmlTree> tree)
    : url_(std::move(url)), tree_(std::move(tree)) {
  const std::string named = named_address(*tree_, url_);
  canonical_url_ = clean_url(named.empty() ? url_ : named);
}

WebPage::WebPage(WebPage&& other) noexcept = default;
WebPage& WebPage::operator=(WebPage&& other) noexcept = default;
WebPage::~WebPage() = default;

Result<WebPage> WebPage::parse(const PageContent& content) {
  if (!catalog::is_http_url(content.url) || content.url.size() > catalog::kMaxUrl || !is_utf8(content.url))
    return invalid("url", "must be an http or https address");
  if (content.html.size() > kMaxPageBytes)
    return Error{ErrorCode::kTooLarge, "is larger than 10 MiB", "html", {}};
  FIT_TRY(HtmlTree tree, HtmlTree::parse(decoded_page(content)));
  return WebPage(std::string(content.url), std::make_unique<HtmlTree>(std::move(tree)));
}

}  // namespace fit::ingest
