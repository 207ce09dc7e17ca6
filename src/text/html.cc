#include "text/html.h"

#include <gumbo.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/text.h"

namespace fit::text {
namespace {

constexpr std::size_t kMaxTags =
    8000;  // more are not parsed into a tree, which is as deep as they are nested
constexpr std::size_t kMaxTag = 4096;
constexpr int kMaxPasses = 3;
constexpr std::size_t kLongestCharacter = 4;  // bytes of UTF-8

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The length of the tag or comment at the start of a text that begins with "<"; 0 when there is none.
std::size_t tag_length(std::string_view text) {
  if (text.starts_with("<!--")) return std::min(text.find("-->", 4), text.size() - 3) + 3;
  const bool declaration = text.starts_with("<!") || text.starts_with("<?");
  std::size_t at = text.starts_with("</") ? 2 : 1;
  const std::size_t name = at;
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) ++at;
  const std::string tag(text.substr(name, at - name));
  if (!declaration && (tag.empty() || gumbo_tag_enum(tag.c_str()) == GUMBO_TAG_UNKNOWN)) return 0;
  const std::size_t end = text.substr(0, kMaxTag).find('>', at);
  return end == std::string_view::npos ? 0 : end + 1;
}

// The length of the character reference at the start of a text that begins with "&"; 0 when there is none.
std::size_t reference_length(std::string_view text) {
  std::size_t at = 1;
  const bool is_number = text.substr(at).starts_with('#');
  if (is_number) ++at;
  const std::size_t name = at;
  while (at < text.size() && at < 34 && (is_letter(text[at]) || is_digit(text[at]))) ++at;
  if (at == name || at == text.size() || text[at] != ';') return 0;
  return is_number || is_letter(text[name]) ? at + 1 : 0;
}

struct Markup {
  std::size_t tags = 0;
  std::size_t references = 0;
};

Markup count_markup(std::string_view text) {
  Markup markup;
  for (std::size_t at = text.find_first_of("<&"); at != std::string_view::npos;) {
    const std::string_view rest = text.substr(at);
    const bool is_tag = rest[0] == '<';
    const std::size_t length = is_tag ? tag_length(rest) : reference_length(rest);
    if (length > 0) ++(is_tag ? markup.tags : markup.references);
    at = text.find_first_of("<&", at + std::max<std::size_t>(length, 1));
  }
  return markup;
}

bool is_hidden(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_SELECT:
      return true;
    default:
      return false;
  }
}

bool is_block(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_CENTER:
      return true;
    default:
      return false;
  }
}

// Collects text, with one blank between words and one line break between lines.
class TextWriter {
 public:
  explicit TextWriter(bool keep_breaks) : keep_breaks_(keep_breaks) {}

  void add(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      const bool is_nbsp = c == '\xC2' && at + 1 < text.size() && text[at + 1] == '\xA0';
      if (keep_breaks_ && (c == '\n' || c == '\r')) {
        line_break();
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || is_nbsp) {
        blank_ = true;
        at += is_nbsp ? 1 : 0;
      } else {
        put(c);
      }
    }
  }
  void blank() { blank_ = true; }
  void line_break() { break_ = true; }
  std::string take() { return std::move(text_); }

 private:
  void put(char c) {
    if (!text_.empty() && break_)
      text_ += '\n';
    else if (!text_.empty() && blank_)
      text_ += ' ';
    break_ = false;
    blank_ = false;
    text_ += c;
  }

  const bool keep_breaks_;
  std::string text_;
  bool blank_ = false;
  bool break_ = false;
};

// A step of the walk through the tree: enter a node, or leave an element.
struct Step {
  const GumboNode* node = nullptr;
  bool leave = false;
};

const GumboVector* children_of(const GumboNode& node) {
  if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
  if (node.type == GUMBO_NODE_ELEMENT) return &node.v.element.children;
  return nullptr;
}

// Calls `enter` for each visible node, and `leave` at the end of each element.
template <class Enter, class Leave>
void walk(const GumboNode* root, const Enter& enter, const Leave& leave) {
  std::vector<Step> steps = {{root}};
  while (!steps.empty()) {
    const Step step = steps.back();
    steps.pop_back();
    if (step.leave) {
      leave(*step.node);
      continue;
    }
    const bool is_element = step.node->type == GUMBO_NODE_ELEMENT;
    if (is_element && is_hidden(step.node->v.element.tag)) continue;
    enter(*step.node);
    const GumboVector* children = children_of(*step.node);
    if (children == nullptr) continue;
    if (is_element) steps.push_back({step.node, true});
    for (unsigned int i = children->length; i > 0; --i) {
      steps.push_back({static_cast<const GumboNode*>(children->data[i - 1])});
    }
  }
}

bool is_block(const GumboNode& node) {
  return node.type == GUMBO_NODE_ELEMENT && is_block(node.v.element.tag);
}

std::string parsed_text(std::string_view html) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  const auto destroy = [&options](GumboOutput* output) { gumbo_destroy_output(&options, output); };
  const std::unique_ptr<GumboOutput, decltype(destroy)> tree(
      gumbo_parse_with_options(&options, html.data(), html.size()), destroy);
  if (!tree) return {};
  bool has_blocks = false;
  walk(
      tree->document, [&](const GumboNode& node) { has_blocks = has_blocks || is_block(node); },
      [](const GumboNode&) {});
  TextWriter text(!has_blocks);
  walk(
      tree->document,
      [&](const GumboNode& node) {
        if (is_block(node)) text.line_break();
        const bool is_cell = node.type == GUMBO_NODE_ELEMENT &&
                             (node.v.element.tag == GUMBO_TAG_TD || node.v.element.tag == GUMBO_TAG_TH);
        if (is_cell) text.blank();
        if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
            node.type == GUMBO_NODE_CDATA) {
          text.add(node.v.text.text);
        }
      },
      [&](const GumboNode& node) {
        if (is_block(node)) text.line_break();
      });
  return text.take();
}

// Replaces each tag by a blank, for texts with too many tags for a tree.
std::string without_tags(std::string_view html) {
  TextWriter text(false);
  while (!html.empty()) {
    const std::size_t at = std::min(html.find('<'), html.size());
    text.add(html.substr(0, at));
    html.remove_prefix(at);
    if (html.empty()) break;
    const std::size_t length = tag_length(html);
    if (length == 0)
      text.add("<");
    else
      text.blank();
    html.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text.take();
}

}  // namespace

bool has_markup(std::string_view text) {
  const Markup markup = count_markup(text);
  return markup.tags + markup.references > 0;
}

std::string plain_text(std::string_view text) {
  if (!has_markup(text)) return std::string(text);
  std::string result(utf8_prefix(text, kMaxHtml));
  if (result.size() < text.size() && result.rfind('<') != std::string::npos &&
      result.find('>', result.rfind('<')) == std::string::npos) {
    result.resize(result.rfind('<'));  // remove a tag that was cut
  }
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    const Markup markup = count_markup(result);
    // Decode again while there are tags. A text with references only is decoded at most twice.
    if (markup.tags == 0 && (markup.references == 0 || pass > 1)) return result;
    if (markup.tags > kMaxTags) return without_tags(result);
    result = parsed_text(result);
  }
  return result;
}

std::string escape_markup(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size <= kLongestCharacter && !is_utf8(text.substr(0, size))) ++size;
    if (size > kLongestCharacter) {
      text.remove_prefix(1);
      continue;
    }
    const std::string_view one = text.substr(0, size);
    text.remove_prefix(std::min(size, text.size()));
    switch (one[0]) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto first = static_cast<unsigned char>(one[0]);
        const bool is_control = first < 0x20 && first != '\t' && first != '\n' && first != '\r';
        const bool is_no_character = one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF";
        if (!is_control && !is_no_character) escaped += one;
      }
    }
  }
  return escaped;
}

}  // namespace fit::text
