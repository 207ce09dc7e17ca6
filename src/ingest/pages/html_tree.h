#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct _xmlDoc;   // NOLINT(readability-identifier-naming): libxml2's name
struct _xmlNode;  // NOLINT(readability-identifier-naming): libxml2's name

namespace fit::ingest {

// An element or a text of an HtmlTree, which must outlive it. A default-constructed node is none; all calls
// on it return nothing. Cheap to copy.
class HtmlNode {
 public:
  HtmlNode() = default;
  explicit HtmlNode(const _xmlNode* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  friend bool operator==(HtmlNode, HtmlNode) = default;

  bool is_element() const;
  // The name in lower case; empty for a text.
  std::string_view name() const;
  bool is(std::string_view name) const { return this->name() == name; }
  // A text's characters, with those of a script or style; empty for an element.
  std::string_view text() const;
  // The value of an attribute; empty without one. `has` tells the two apart.
  std::string_view attribute(std::string_view name) const;
  bool has(std::string_view attribute) const;

  HtmlNode parent() const;
  HtmlNode first_child() const;
  HtmlNode next_sibling() const;
  HtmlNode previous_sibling() const;
  // The next node below `root` in document order, or the next after all nodes below this one. None at the
  // end.
  HtmlNode next(HtmlNode root) const;
  HtmlNode next_after(HtmlNode root) const;

  // The characters of all texts below, as they are, at most `max_bytes`: for scripts.
  std::string raw_text(std::size_t max_bytes) const;
  // The text that a reader sees below this node: without scripts and styles, with one blank for any blanks
  // and between blocks. At most `max_bytes`.
  std::string visible_text(std::size_t max_bytes = 4096) const;

 private:
  friend class HtmlTree;
  friend class XPath;
  const _xmlNode* node_ = nullptr;
};

// Whether the element's text is not shown: script, style, template and the like, the attribute "hidden", or
// "display:none" in its style.
bool is_hidden_element(HtmlNode node);

// The tree of an HTML document. Immutable; thread-safe.
class HtmlTree {
 public:
  // kMalformed naming "html" for a text without elements. `utf8` is cut where it has more than kMaxTags tags;
  // a tag with more than kMaxAttributes is taken for text. Elements that are nested too deeply are left out.
  static Result<HtmlTree> parse(std::string_view utf8);

  HtmlNode root() const;
  // All elements in document order.
  const std::vector<HtmlNode>& elements() const { return elements_; }

  static constexpr std::size_t kMaxTags = 500'000;
  static constexpr std::size_t kMaxAttributes = 100;

 private:
  friend class XPath;
  explicit HtmlTree(_xmlDoc* document);

  std::shared_ptr<_xmlDoc> document_;
  std::vector<HtmlNode> elements_;
};

// An XPath 1.0 expression. Immutable; thread-safe.
class XPath {
 public:
  // kInvalid naming `field` for an expression that cannot be compiled or has more than kMaxExpression bytes.
  static Result<XPath> make(std::string_view field, std::string_view expression);

  // The values that it selects below `context`: the visible texts of elements, the values of attributes, the
  // characters of texts, or the one text, number or truth value. At most `limit`. Nothing when it would take
  // more than a bounded number of steps.
  std::vector<std::string> values(const HtmlTree& tree, HtmlNode context, std::size_t limit) const;
  // The elements that it selects.
  std::vector<HtmlNode> elements(const HtmlTree& tree, HtmlNode context, std::size_t limit) const;

  static constexpr std::size_t kMaxExpression = 4000;

 private:
  struct Compiled;
  explicit XPath(std::shared_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<Compiled> compiled_;
};

}  // namespace fit::ingest
