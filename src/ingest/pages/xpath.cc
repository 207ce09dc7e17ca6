#include <libxml/xpath.h>

#include <array>

#include "base/text.h"
#include "ingest/pages/html_tree.h"

namespace fit::ingest {
namespace {

// Steps of one evaluation; the largest page needs a few millions for an expression that visits it once.
constexpr unsigned long kMaxXPathSteps = 20'000'000;
constexpr std::size_t kMaxXPathValue = 32'000;

void ignore_xml_error(void* /*context*/, xmlErrorPtr /*error*/) {}

using XPathContext = std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)>;
using XPathObject = std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)>;

}  // namespace

struct XPath::Compiled {
  explicit Compiled(xmlXPathCompExpr* compiled) : expression(compiled) {}
  ~Compiled() { xmlXPathFreeCompExpr(expression); }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  XPathObject evaluate(_xmlDoc* document, const _xmlNode* node) const {
    const XPathContext context(xmlXPathNewContext(document), xmlXPathFreeContext);
    if (!context) return {nullptr, xmlXPathFreeObject};
    context->error = ignore_xml_error;
    context->opLimit = kMaxXPathSteps;
    context->node = const_cast<_xmlNode*>(node);
    return {xmlXPathCompiledEval(expression, context.get()), xmlXPathFreeObject};
  }

  xmlXPathCompExpr* expression;
};

Result<XPath> XPath::make(std::string_view field, std::string_view expression) {
  if (expression.empty() || expression.size() > kMaxExpression || !is_utf8(expression) ||
      expression.contains('\0')) {
    return invalid(std::string(field), "is not an XPath expression");
  }
  const XPathContext context(xmlXPathNewContext(nullptr), xmlXPathFreeContext);
  if (!context) return internal("XPath cannot be read", "xmlXPathNewContext failed");
  context->error = ignore_xml_error;
  const std::string text(expression);
  xmlXPathCompExpr* const compiled =
      xmlXPathCtxtCompile(context.get(), reinterpret_cast<const xmlChar*>(text.c_str()));
  if (compiled == nullptr) return invalid(std::string(field), "is not an XPath expression");
  return XPath(std::make_shared<Compiled>(compiled));
}

std::vector<HtmlNode> XPath::elements(const HtmlTree& tree, HtmlNode context, std::size_t limit) const {
  std::vector<HtmlNode> elements;
  const XPathObject found = compiled_->evaluate(tree.document_.get(), context.node_);
  if (!found || found->type != XPATH_NODESET || found->nodesetval == nullptr) return elements;
  for (int i = 0; i < found->nodesetval->nodeNr && elements.size() < limit; ++i) {
    const HtmlNode node(found->nodesetval->nodeTab[i]);
    if (node.is_element()) elements.push_back(node);
  }
  return elements;
}

std::vector<std::string> XPath::values(const HtmlTree& tree, HtmlNode context, std::size_t limit) const {
  std::vector<std::string> values;
  const auto add = [&](std::string_view value) {
    const std::string_view text = trim(value);
    if (!text.empty()) values.emplace_back(utf8_prefix(text, kMaxXPathValue));
  };
  const XPathObject found = compiled_->evaluate(tree.document_.get(), context.node_);
  if (!found) return values;
  if (found->type != XPATH_NODESET) {
    const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlXPathCastToString(found.get()), xmlFree);
    const bool is_nan = found->type == XPATH_NUMBER && xmlXPathIsNaN(found->floatval) != 0;
    if (text && !is_nan) add(reinterpret_cast<const char*>(text.get()));
    return values;
  }
  if (found->nodesetval == nullptr) return values;
  for (int i = 0; i < found->nodesetval->nodeNr && values.size() < limit; ++i) {
    const xmlNode* const node = found->nodesetval->nodeTab[i];
    if (node->type == XML_ATTRIBUTE_NODE) {
      const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlNodeGetContent(node), xmlFree);
      if (text) add(reinterpret_cast<const char*>(text.get()));
    } else {
      const HtmlNode found_node(node);
      add(found_node.is_element() ? found_node.visible_text(kMaxXPathValue) : std::string(found_node.text()));
    }
  }
  return values;
}

}  // namespace fit::ingest
