#include "ingest/pages/attribute_items.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxItems = 1000;
constexpr std::size_t kMaxItemValues = 200;
constexpr std::size_t kMaxItemText = 20'000;
constexpr std::size_t kMaxItemBytes = 8u << 20;  // of all values of a page

// The names of the attributes of one syntax.
struct Syntax {
  std::string_view scope;  // begins an item
  std::string_view type;
  std::string_view property;
};
constexpr Syntax kMicrodata{"itemscope", "itemtype", "itemprop"};
constexpr Syntax kRdfa{"typeof", "typeof", "property"};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!(text = trim(text)).empty() && words.size() < 10) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::string item_text(HtmlNode element) {
  if (element.has("content")) return std::string(element.attribute("content"));
  const std::string_view name = element.name();
  if (name == "a" || name == "area" || name == "link") {
    if (element.has("href")) return std::string(element.attribute("href"));
  }
  if (name == "img" || name == "source" || name == "video" || name == "iframe") {
    for (const std::string_view source : {"src", "data-src", "data-lazy"}) {
      const std::string_view value = element.attribute(source);
      if (!value.empty() && !value.starts_with("data:")) return std::string(value);
    }
  }
  if (name == "time" && element.has("datetime")) return std::string(element.attribute("datetime"));
  if ((name == "data" || name == "meter" || name == "input") && element.has("value"))
    return std::string(element.attribute("value"));
  return element.visible_text(kMaxItemText);
}

// The names under which a link states a text rather than an address.
bool is_text_name(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower == "name" || lower == "brand" || lower == "price" || lower == "category" || lower == "sku" ||
         lower == "description";
}

void add_value(Json& item, std::string_view name, Json value) {
  Json& slot = item[std::string(name)];
  if (slot.is_null()) {
    slot = std::move(value);
  } else {
    if (!slot.is_array()) slot = Json::array({std::move(slot)});
    if (slot.size() < kMaxItemValues) slot.push_back(std::move(value));
  }
}

// Whether the item has texts alone.
bool is_flat_item(const Json& item) {
  for (const auto& [name, value] : item.items()) {
    if (value.is_structured() && name != "@type") return false;
  }
  return true;
}

class AttributeReader {
 public:
  AttributeReader(const HtmlTree& tree, const Syntax& syntax) : tree_(tree), syntax_(syntax) {}

  std::vector<Json> items() {
    std::vector<Json> items;
    const HtmlNode root = tree_.root();
    for (HtmlNode node = root; node && items.size() < kMaxItems;) {
      if (node.has(
              syntax_.scope)) {  // also a value of an item that is not there (itemprop="mainEntityOfPage")
        items.push_back(item(node, 0));
        node = node.next_after(root);
      } else {
        node = node.next(root);
      }
    }
    return items;
  }

  // The values that are in no item.
  Json orphans() {
    Json item = Json::object();
    const HtmlNode root = tree_.root();
    for (HtmlNode node = root; node;) {
      if (node.has(syntax_.scope) && !node.has(syntax_.property)) {
        node = node.next_after(root);
        continue;
      }
      node = add(node, root, item, 0);
    }
    return item;
  }

 private:
  Json item(HtmlNode element, int depth) {
    Json result = Json::object();
    result["@type"] = Json::array();
    for (const std::string_view type : words_of(element.attribute(syntax_.type)))
      result["@type"].push_back(std::string(type));
    for (const std::string_view name : {"itemid", "resource", "about"}) {
      if (element.has(name)) result["@id"] = std::string(element.attribute(name));
    }
    add_below(element, result, depth);
    for (const std::string_view id : words_of(element.attribute("itemref"))) {
      if (++references_ > kMaxReferences) break;
      const auto found =
          std::ranges::find_if(tree_.elements(), [&](HtmlNode one) { return one.attribute("id") == id; });
      if (found == tree_.elements().end()) continue;
      add(*found, *found, result, depth);
      if (!found->has(syntax_.property)) add_below(*found, result, depth);
    }
    return result;
  }

  void add_below(HtmlNode element, Json& item, int depth) {
    for (HtmlNode node = element.first_child(); node;) {
      if (node.has(syntax_.scope) && !node.has(syntax_.property)) {
        // An item that is no value of this one still belongs to the page: an Offer that has lost its name.
        if (depth < kMaxNesting) add_loose_item(node, item, depth);
        node = node.next_after(element);
      } else {
        node = add(node, element, item, depth);
      }
    }
  }

  void add_loose_item(HtmlNode node, Json& item, int depth) {
    const std::string type = to_lower(node.attribute(syntax_.type));
    if (type.ends_with("offer") && !item.contains("offers")) item["offers"] = this->item(node, depth + 1);
  }

  // Adds the value of the node, if it has one, and returns the next node below `root` to look at.
  HtmlNode add(HtmlNode node, HtmlNode root, Json& item, int depth) {
    const auto names = words_of(node.attribute(syntax_.property));
    if (names.empty() || item.size() > kMaxItemValues || text_bytes_ > kMaxItemBytes) return node.next(root);
    if (node.has(syntax_.scope)) {
      if (depth < kMaxNesting) {
        const Json inner = this->item(node, depth + 1);
        // Copies of copies would grow with the power of the depth.
        const bool is_copied = is_flat_item(inner);
        for (const std::string_view name : is_copied ? std::span(names) : std::span(names).first(1)) {
          add_value(item, name, inner);
        }
      }
      return node.next_after(root);
    }
    for (const std::string_view name : names) {
      if (name.starts_with("og:")) continue;
      const bool shows_text = is_text_name(name) && !node.has("content") && node.name() == "a";
      std::string text = shows_text ? node.visible_text(kMaxItemText) : item_text(node);
      text_bytes_ += text.size();
      if (!trim(text).empty()) add_value(item, name, std::move(text));
    }
    return node.next(root);
  }

  static constexpr int kMaxNesting = 12;
  static constexpr int kMaxReferences = 50;
  const HtmlTree& tree_;
  const Syntax syntax_;
  int references_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace

std::vector<Json> microdata_items(const HtmlTree& tree) {
  AttributeReader reader(tree, kMicrodata);
  std::vector<Json> items = reader.items();
  Json orphans = reader.orphans();
  if (orphans.contains("price") || orphans.contains("offers")) {
    orphans["@type"] = "Product";
    items.push_back(std::move(orphans));
  }
  return items;
}

std::vector<Json> rdfa_items(const HtmlTree& tree) {
  return AttributeReader(tree, kRdfa).items();
}

}  // namespace fit::ingest
