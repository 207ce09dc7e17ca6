#include "http/page_head.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "base/replace_all.h"
#include "text/characters.h"
#include "text/html.h"

namespace fit::http {
namespace {

using text::escape_markup;

bool is_blank_code(char32_t code) {
  return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xa0 || code == 0x2028 ||
         code == 0x2029;
}

bool is_left_out(char32_t code) {
  const bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool is_of_direction = code == 0x61c || code == 0x200e || code == 0x200f ||
                               (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return code == text::kNotUtf8 || is_control || is_of_direction || code == 0xfeff;
}

std::string meta(std::string_view kind, std::string_view name, std::string_view content) {
  return fit::format("<meta {}=\"{}\" content=\"{}\" />\n    ", kind, name, escape_markup(content));
}

std::string property(std::string_view name, std::string_view content) {
  return content.empty() ? std::string() : meta("property", name, content);
}

std::string image_tags(const PageHead::Image& image) {
  std::string tags = property("og:image", image.url);
  if (image.width > 0 && image.height > 0) {
    tags += property("og:image:width", std::to_string(image.width));
    tags += property("og:image:height", std::to_string(image.height));
  }
  return tags + property("og:image:alt", image.description);
}

// JSON in an element whose end "</script>" alone would be.
std::string data_element(const Json& data) {
  std::string text = dump_json(data);
  for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{"<", "\\u003c"},
                                 {">", "\\u003e"},
                                 {"&", "\\u0026"},
                                 {"\u2028", "\\u2028"},
                                 {"\u2029", "\\u2029"}}) {
    replace_all(text, from, to);
  }
  return "<script type=\"application/ld+json\">" + text + "</script>\n    ";
}

std::string head_tags(const PageHead& head, const std::string& title, const std::string& description,
                      std::string_view site_name) {
  std::string tags = fit::format("<link rel=\"canonical\" href=\"{}\" />\n    ", escape_markup(head.url));
  if (!head.is_for_search_engines) tags += meta("name", "robots", "noindex");
  tags += property("og:title", title.empty() ? site_name : title);
  tags += property("og:description", description);
  tags += property("og:url", head.url);
  tags += property("og:type", head.type);
  tags += property("og:site_name", site_name);
  if (head.image) tags += image_tags(*head.image);
  if (head.price && !head.currency.empty()) {
    tags += property("product:price:amount", head_price(*head.price, ""));
    tags += property("product:price:currency", head.currency);
  }
  tags += meta("name", "twitter:card", head.image ? "summary_large_image" : "summary");
  if (!head.data.is_null()) tags += data_element(head.data);
  return tags;
}

// Replaces what stands between two texts, of which the first is there once.
void replace_between(std::string& html, std::string_view begin, std::string_view end,
                     const std::string& content) {
  const std::size_t from = html.find(begin);
  if (from == std::string::npos) return;
  const std::size_t start = from + begin.size();
  const std::size_t stop = html.find(end, start);
  if (stop != std::string::npos) html.replace(start, stop - start, content);
}

}  // namespace

std::string head_text(std::string_view text, std::size_t characters) {
  std::u32string codes;
  bool is_after_blank = false;
  for (std::size_t at = 0; at < text.size() && codes.size() <= characters;) {
    const char32_t code = text::next_code(text, at);
    if (is_blank_code(code)) {
      is_after_blank = !codes.empty();
    } else if (!is_left_out(code)) {
      if (is_after_blank) codes += U' ';
      is_after_blank = false;
      codes += code;
    }
  }
  if (codes.size() > characters) {
    codes.resize(characters - 1);
    codes += U'\u2026';
  }
  std::string line;
  for (const char32_t code : codes) text::append_code(line, code);
  return line;
}

std::string joined_head_texts(std::initializer_list<std::string_view> texts) {
  std::string joined;
  for (const std::string_view one : texts) {
    if (one.empty()) continue;
    if (!joined.empty()) joined += " · ";
    joined += one;
  }
  return joined;
}

std::string head_price(double price, std::string_view currency) {
  std::string amount = fit::format("{:.2f}", price);
  if (amount.ends_with(".00")) amount.resize(amount.size() - 3);
  return currency.empty() ? amount : fit::format("{} {}", amount, currency);
}

std::string page_with_head(std::string_view html, const PageHead& head, std::string_view site_name) {
  std::string page(html);
  const std::string title = head_text(head.title, kHeadTitleCharacters);
  const std::string description = head_text(head.description, kHeadDescriptionCharacters);
  if (!title.empty()) {
    replace_between(page, "<title>", "</title>", escape_markup(fit::format("{} – {}", title, site_name)));
  }
  if (!description.empty()) {
    replace_between(page, "<meta name=\"description\" content=\"", "\"", escape_markup(description));
  }
  const std::size_t end = page.find("</head>");
  if (end != std::string::npos) page.insert(end, head_tags(head, title, description, site_name));
  return page;
}

}  // namespace fit::http
