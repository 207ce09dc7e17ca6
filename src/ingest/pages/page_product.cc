#include "ingest/pages/page_product.h"

#include <algorithm>

#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/page_links.h"
#include "text/fold.h"

namespace fit::ingest {
namespace {

// A title as it is compared: letters and digits only, folded.
std::string plain_title(std::string_view title) {
  std::string plain;
  const std::string folded = text::fold(title.substr(0, 1000));
  for (const char c : folded) {
    const bool is_mark = static_cast<unsigned char>(c) < 0x80 && !(c >= 'a' && c <= 'z') && !is_digit(c);
    if (!is_mark) plain += c;
  }
  return plain;
}

}  // namespace

std::optional<text::Money> first_money(std::string_view raw) {
  const std::string_view text = trim_marks(raw);
  if (text.empty() || text.size() > 200) return std::nullopt;
  if (const auto whole = text::parse_money(text)) return whole;
  // The longest beginning that is one amount, from the first blank that makes one on.
  std::optional<text::Money> found;
  for (std::size_t begin = 0; begin < text.size() && !found;) {
    for (std::size_t end = text.find(' ', begin); end != std::string_view::npos;
         end = text.find(' ', end + 1)) {
      const auto money = text::parse_money(text.substr(begin, end - begin));
      if (!money && found) break;
      if (money) found = money;
    }
    if (!found) found = text::parse_money(text.substr(begin));
    const std::size_t blank = text.find(' ', begin);
    begin = blank == std::string_view::npos ? text.size() : blank + 1;
  }
  return found;
}

bool is_product_number(std::string_view text) {
  if (text.size() < 3 || text.size() > 40 || !has_digit(text)) return false;
  return std::ranges::all_of(text, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_./").contains(c);
  });
}

PageSubject page_subject(const WebPage& page) {
  PageSubject subject{.url = page.canonical_url(), .page_url = page.url(), .title = {}, .head_title = {}};
  std::string title;
  for (const HtmlNode node : page.tree().elements()) {
    if (node.is("meta") && node.attribute("property") == "og:title" && subject.head_title.empty())
      subject.head_title = read_line(node.attribute("content"));
    if (node.is("title") && title.empty()) title = read_line(node.raw_text(2000));
    if (node.is("h1") && subject.title.empty() && !is_hidden_element(node))
      subject.title = node.visible_text(1000);
  }
  if (subject.head_title.empty()) subject.head_title = std::move(title);
  return subject;
}

bool is_subject(const PageSubject& subject, const PageProduct& product) {
  const std::string& url = product[PageField::kUrl];
  if (!url.empty() && (url == subject.url || url == clean_url(subject.page_url))) return true;
  const std::string title = plain_title(product[PageField::kTitle]);
  if (title.size() < 3) return false;
  const std::string shown = plain_title(subject.title);
  return title == shown || (shown.size() > 5 && (title.contains(shown) || shown.contains(title))) ||
         plain_title(subject.head_title).contains(title);
}

}  // namespace fit::ingest
