#include "ingest/pages/html_tree.h"

#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace fit::ingest {
namespace {

constexpr std::array kHiddenNames = std::to_array<std::string_view>(
    {"script", "style", "template", "noscript", "head", "title", "svg", "iframe", "object", "textarea"});
constexpr std::array kInlineNames = std::to_array<std::string_view>(
    {"a",      "abbr", "b",   "bdi",  "bdo",  "big",  "cite", "code", "data", "del",   "dfn",  "em",
     "font",   "i",    "ins", "kbd",  "mark", "nobr", "q",    "s",    "samp", "small", "span", "strike",
     "strong", "sub",  "sup", "time", "tt",   "u",    "var",  "wbr",  "meta", "link"});

std::string_view xml_text(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

constexpr std::size_t kMostOverlap = 64;  // tags that each byte of a page is in, on average

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_html_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

// The end of the tag that begins at `at`, behind its ">", and the number of its attributes at most.
struct TagSpan {
  std::size_t end = 0;
  std::size_t attributes = 0;
};

TagSpan tag_span(std::string_view html, std::size_t at) {
  TagSpan tag;
  char quote = 0;
  for (std::size_t i = at + 1; i < html.size(); ++i) {
    const char c = html[i];
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
        ++tag.attributes;
      }
      continue;
    }
    if ((c == '"' || c == '\'') && html[i - 1] == '=') quote = c;
    if ((is_html_blank(c) && !is_html_blank(html[i - 1])) || c == '/') ++tag.attributes;
    tag.end = i + 1;
    if (c == '>') return tag;
    if (tag.attributes > 2 * HtmlTree::kMaxAttributes) return tag;
  }
  tag.end = html.size();
  return tag;
}

// Makes what the parser would take much time or memory for into text: tags with very many attributes, and
// everything after kMaxTags tags. A page of tags that do not end is cut, too.
std::string limited_html(std::string_view html) {
  std::string limited(html);
  std::replace(limited.begin(), limited.end(), '\0', ' ');
  std::size_t tags = 0;
  std::size_t looked_at = 0;  // bytes of all tags, which overlap where tags do not end
  for (std::size_t at = limited.find('<'); at != std::string::npos; at = limited.find('<', at + 1)) {
    if (at + 1 == limited.size() || !is_name_start(limited[at + 1])) continue;
    if (++tags > HtmlTree::kMaxTags) {
      limited.resize(at);
      break;
    }
    // An attribute counts once for the blank before it and once for its closing quote.
    const TagSpan tag = tag_span(limited, at);
    looked_at += tag.end - at;
    if (looked_at > kMostOverlap * limited.size()) {
      limited.resize(at);
      break;
    }
    if (tag.attributes > 2 * HtmlTree::kMaxAttributes) limited[at] = ' ';
  }
  return limited;
}

// Appends text with one blank for any blanks.
class BlankCollapser {
 public:
  BlankCollapser(std::string& text, std::size_t max_bytes) : text_(text), max_bytes_(max_bytes) {}

  void add(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size() && !is_full(); ++i) {
      const bool is_nbsp = piece[i] == '\xC2' && i + 1 < piece.size() && piece[i + 1] == '\xA0';
      if (is_html_blank(piece[i]) || is_nbsp) {
        blank_ = true;
        i += is_nbsp ? 1 : 0;
        continue;
      }
      if (blank_ && !text_.empty()) text_ += ' ';
      blank_ = false;
      text_ += piece[i];
    }
  }
  void blank() { blank_ = true; }
  bool is_full() const { return text_.size() >= max_bytes_; }

 private:
  std::string& text_;
  const std::size_t max_bytes_;
  bool blank_ = false;
};

}  // namespace

bool HtmlNode::is_element() const {
  return node_ != nullptr && node_->type == XML_ELEMENT_NODE;
}

std::string_view HtmlNode::name() const {
  return is_element() ? xml_text(node_->name) : std::string_view();
}

std::string_view HtmlNode::text() const {
  const bool is_text =
      node_ != nullptr && (node_->type == XML_TEXT_NODE || node_->type == XML_CDATA_SECTION_NODE);
  return is_text ? xml_text(node_->content) : std::string_view();
}

std::string_view HtmlNode::attribute(std::string_view name) const {
  if (!is_element()) return {};
  for (const xmlAttr* one = node_->properties; one != nullptr; one = one->next) {
    if (xml_text(one->name) == name) return one->children == nullptr ? "" : xml_text(one->children->content);
  }
  return {};
}

bool HtmlNode::has(std::string_view attribute) const {
  if (!is_element()) return false;
  for (const xmlAttr* one = node_->properties; one != nullptr; one = one->next) {
    if (xml_text(one->name) == attribute) return true;
  }
  return false;
}

HtmlNode HtmlNode::parent() const {
  const bool has_parent = node_ != nullptr && node_->parent != nullptr;
  return HtmlNode(has_parent && node_->parent->type == XML_ELEMENT_NODE ? node_->parent : nullptr);
}

HtmlNode HtmlNode::first_child() const {
  return HtmlNode(is_element() ? node_->children : nullptr);
}

HtmlNode HtmlNode::next_sibling() const {
  return HtmlNode(node_ == nullptr ? nullptr : node_->next);
}

HtmlNode HtmlNode::previous_sibling() const {
  return HtmlNode(node_ == nullptr ? nullptr : node_->prev);
}

HtmlNode HtmlNode::next(HtmlNode root) const {
  const HtmlNode child = first_child();
  return child ? child : next_after(root);
}

HtmlNode HtmlNode::next_after(HtmlNode root) const {
  for (HtmlNode node = *this; node && node != root; node = node.parent()) {
    if (const HtmlNode sibling = node.next_sibling()) return sibling;
  }
  return {};
}

std::string HtmlNode::raw_text(std::size_t max_bytes) const {
  std::string text(this->text());
  for (HtmlNode node = first_child(); node && text.size() < max_bytes; node = node.next(*this)) {
    text += node.text();
  }
  return text;
}

std::string HtmlNode::visible_text(std::size_t max_bytes) const {
  std::string text;
  BlankCollapser writer(text, max_bytes);
  HtmlNode node = *this;
  while (node && !writer.is_full()) {
    if (node.is_element() && is_hidden_element(node) && node != *this) {
      node = node.next_after(*this);
      continue;
    }
    if (node.is_element() && !std::ranges::contains(kInlineNames, node.name())) writer.blank();
    writer.add(node.text());
    // A block ends with a blank: the next node outside of it begins after one.
    const HtmlNode after = node.next(*this);
    if (after && !node.first_child() && after.parent() != node.parent()) {
      for (HtmlNode closed = node.parent(); closed && closed != after.parent(); closed = closed.parent()) {
        if (!std::ranges::contains(kInlineNames, closed.name())) writer.blank();
      }
    }
    node = after;
  }
  text.resize(utf8_prefix(text, max_bytes).size());
  return text;
}

bool is_hidden_element(HtmlNode node) {
  if (std::ranges::contains(kHiddenNames, node.name()) || node.has("hidden")) return true;
  const std::string_view style = node.attribute("style");
  return style.contains("display:none") || style.contains("display: none");
}

HtmlTree::HtmlTree(_xmlDoc* document) : document_(document, xmlFreeDoc) {
  const HtmlNode top = root();
  for (HtmlNode node = top; node; node = node.next(top)) {
    if (node.is_element()) elements_.push_back(node);
  }
}

HtmlNode HtmlTree::root() const {
  return HtmlNode(xmlDocGetRootElement(document_.get()));
}

Result<HtmlTree> HtmlTree::parse(std::string_view utf8) {
  const std::string html = limited_html(utf8);
  constexpr int kOptions = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
  xmlDoc* const document =
      htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "UTF-8", kOptions);
  if (document == nullptr) return malformed("html", "is not an HTML page");
  HtmlTree tree(document);
  if (!tree.root()) return malformed("html", "is not an HTML page");
  return tree;
}

}  // namespace fit::ingest
