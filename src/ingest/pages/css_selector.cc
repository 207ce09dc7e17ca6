#include "ingest/pages/css_selector.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxSelector = 1000;

bool is_css_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_css_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Reads a selector from left to right and writes the XPath. After a problem every call returns nothing.
class CssTranslator {
 public:
  explicit CssTranslator(std::string_view text) : text_(trim(text)) {}

  // Empty when the selector cannot be read.
  std::string translate() {
    std::string all;
    while (!failed_) {
      const std::string one = path();
      if (failed_) break;
      all += (all.empty() ? "" : " | ") + one;
      skip_blanks();
      if (at_ == text_.size()) return all;
      if (!take(",")) break;
    }
    return {};
  }

 private:
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  bool skip_blanks() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_css_blank(text_[at_])) ++at_;
    return at_ > begin;
  }
  std::string fail() {
    failed_ = true;
    return {};
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_css_name(text_[at_])) ++at_;
    return at_ == begin ? fail() : std::string(text_.substr(begin, at_ - begin));
  }

  // A text of XPath.
  std::string literal(const std::string& value) {
    if (!value.contains('\'')) return "'" + value + "'";
    return value.contains('"') ? fail() : "\"" + value + "\"";
  }

  std::string path() {
    skip_blanks();
    std::string path = ".//" + compound();
    while (!failed_) {
      const bool has_blank = skip_blanks();
      if (at_ == text_.size() || text_[at_] == ',') return path;
      if (take("::")) return path + part();
      if (take(">")) {
        skip_blanks();
        path += "/" + compound();
      } else if (take("+")) {
        skip_blanks();
        path += "/following-sibling::*[1]/self::" + compound();
      } else if (take("~")) {
        skip_blanks();
        path += "/following-sibling::" + compound();
      } else if (has_blank) {
        path += "//" + compound();
      } else {
        return fail();
      }
    }
    return {};
  }

  // What is taken of the elements: "attr(href)" or "text".
  std::string part() {
    if (take("text")) return "/text()";
    if (!take("attr(")) return fail();
    const std::string attribute = name();
    return take(")") ? "/@" + attribute : fail();
  }

  std::string compound() {
    std::string element = "*";
    const std::size_t begin = at_;
    if (!take("*") && at_ < text_.size() && is_css_name(text_[at_])) element = to_lower(name());
    while (!failed_ && at_ < text_.size()) {
      if (take(".")) {
        element +=
            "[contains(concat(' ', normalize-space(@class), ' '), " + literal(" " + name() + " ") + ")]";
      } else if (take("#")) {
        element += "[@id = " + literal(name()) + "]";
      } else if (take("[")) {
        element += attribute();
      } else if (!text_.substr(at_).starts_with("::") && take(":")) {
        element += pseudo_class();
      } else {
        break;
      }
    }
    return at_ == begin ? fail() : element;
  }

  std::string attribute() {
    skip_blanks();
    const std::string attribute = "@" + to_lower(name());
    skip_blanks();
    if (take("]")) return "[" + attribute + "]";
    char kind = 0;
    if (at_ < text_.size() && std::string_view("~^$*").contains(text_[at_])) kind = text_[at_++];
    if (!take("=")) return fail();
    skip_blanks();
    const std::string value = attribute_value();
    skip_blanks();
    if (!take("]") || value.empty()) return fail();
    const std::string quoted = literal(value);
    switch (kind) {
      case '~':
        return "[contains(concat(' ', normalize-space(" + attribute + "), ' '), " +
               literal(" " + value + " ") + ")]";
      case '^':
        return "[starts-with(" + attribute + ", " + quoted + ")]";
      case '*':
        return "[contains(" + attribute + ", " + quoted + ")]";
      case '$':
        return "[substring(" + attribute + ", string-length(" + attribute + ") - string-length(" + quoted +
               ") + 1) = " + quoted + "]";
      default:
        return "[" + attribute + " = " + quoted + "]";
    }
  }

  std::string attribute_value() {
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return name();
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return fail();
    std::string value(text_.substr(at_, end - at_));
    at_ = end + 1;
    return value;
  }

  std::string pseudo_class() {
    if (take("first-child")) return "[not(preceding-sibling::*)]";
    if (take("last-child")) return "[not(following-sibling::*)]";
    if (!take("nth-of-type(")) return fail();
    const std::string number = name();
    if (!std::ranges::all_of(number, is_digit) || number.size() > 4 || !take(")")) return fail();
    return "[" + number + "]";
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

Result<std::string> css_to_xpath(std::string_view field, std::string_view selector) {
  std::string xpath;
  if (selector.size() <= kMaxSelector) xpath = CssTranslator(selector).translate();
  if (xpath.empty()) return invalid(std::string(field), "is not a CSS selector that can be used");
  return xpath;
}

}  // namespace fit::ingest
