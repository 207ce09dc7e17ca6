#include "ingest/pages/page_state.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/shape.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/loose_json.h"
#include "ingest/pages/page_links.h"
#include "text/money.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxStateBytes = 4u << 20;  // of all scripts that are read
constexpr std::size_t kMaxStates = 300;
constexpr std::size_t kLeastStateBytes = 40;
constexpr std::size_t kMaxStateProducts = 50;
constexpr std::size_t kMaxVisited = 500'000;

// Whether the "{" or "[" at `at` begins a value that is assigned, passed or returned, rather than a block.
bool is_value_at(std::string_view script, std::size_t at) {
  const std::size_t begin = at < 20 ? 0 : at - 20;
  const std::string_view before = trim(script.substr(begin, at - begin));
  return before.ends_with('=') || before.ends_with('(') || before.ends_with("return") ||
         (before.ends_with(',') && script[at] == '{');
}

// Nuxt 3 writes a list of values in which objects and lists name other values by their index. A value that is
// named often is copied often, so that values and bytes are limited.
class FlatState {
 public:
  explicit FlatState(const Json& values) : values_(values) {}

  Json at(std::size_t index, int depth) {
    ++count_;
    if (is_full() || index >= values_.size() || depth > 12) return {};
    const Json& value = values_[index];
    if (value.is_object()) {
      Json object = Json::object();
      for (const auto& [name, reference] : value.items()) {
        if (is_full()) break;
        bytes_ += name.size();
        object[name] =
            reference.is_number_unsigned() ? at(reference.get<std::size_t>(), depth + 1) : copy(reference);
      }
      return object;
    }
    if (value.is_array()) {
      // ["Reactive", 12] wraps a value.
      Json list = Json::array();
      for (const Json& reference : value) {
        if (is_full()) break;
        if (reference.is_number_unsigned()) list.push_back(at(reference.get<std::size_t>(), depth + 1));
      }
      return value.size() == 2 && value[0].is_string() && !list.empty() ? Json(list[0]) : list;
    }
    return copy(value);
  }

 private:
  bool is_full() const { return count_ > kMaxFlatValues || bytes_ > kMaxFlatBytes; }

  // About the bytes of a value.
  static std::size_t weight_of(const Json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().size();
    std::size_t weight = sizeof(Json);
    if (!value.is_structured()) return weight;
    for (const Json& one : value) weight += weight_of(one);
    return weight;
  }
  Json copy(const Json& value) {
    bytes_ += weight_of(value);
    return is_full() ? Json() : value;
  }

  static constexpr std::size_t kMaxFlatValues = 100'000;
  static constexpr std::size_t kMaxFlatBytes = 4 * kMaxStateBytes;
  const Json& values_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

class StateCollector {
 public:
  std::vector<Json> take() { return std::move(states_); }
  bool is_full() const { return states_.size() >= kMaxStates; }

  void add_json(std::string_view script, bool is_flat) {
    for (Json& one : read_json_script(script)) {
      if (is_flat && one.is_array()) one = FlatState(one).at(0, 0);
      add(std::move(one));
    }
  }

  void add_script(std::string_view script) {
    std::size_t at = 0;
    while (!is_full() && (at = script.find_first_of("{[J", at)) != std::string_view::npos) {
      if (script[at] == 'J') {
        at = script.substr(at).starts_with("JSON.parse(") ? add_parsed_text(script, at + 11) : at + 1;
        continue;
      }
      if (!is_value_at(script, at)) {
        ++at;
        continue;
      }
      auto found = read_loose_json(script.substr(at));
      const std::size_t size = found ? found->end : 0;
      if (size < kLeastStateBytes) {
        ++at;
        continue;
      }
      add(std::move(found->value));
      at += size;
    }
  }

 private:
  void add(Json value) {
    if (value.is_structured() && !value.empty() && !is_full()) states_.push_back(std::move(value));
  }

  // The text of JSON.parse("…"), and the offset behind it.
  std::size_t add_parsed_text(std::string_view script, std::size_t at) {
    auto text = read_loose_json(script.substr(at));
    if (!text || !text->value.is_string()) return at;
    for (Json& one : read_json_script(text->value.get_ref<const std::string&>())) add(std::move(one));
    return at + text->end;
  }

  std::vector<Json> states_;
};

bool is_json_type(std::string_view type) {
  const std::string lower = to_lower(type);
  return lower.contains("json") && !lower.contains("ld+json");
}

// The text or number of a value that may be wrapped in an object: {"amount": "9.50", "currency": "EUR"}.
std::string scalar_text(const Json& value, int depth = 0) {
  if (value.is_string()) return read_line(value.get_ref<const std::string&>());
  if (value.is_number()) return value.dump();
  if (value.is_array() && !value.empty() && depth < 3) return scalar_text(value[0], depth + 1);
  if (!value.is_object() || depth > 2) return {};
  for (const std::string_view name :
       {"amount", "value", "formattedValue", "price", "name", "title", "label"}) {
    const auto found = value.find(name);
    if (found == value.end()) continue;
    if (std::string text = scalar_text(*found, depth + 1); !text.empty()) return text;
  }
  return {};
}

std::string currency_in(const Json& value) {
  if (!value.is_object()) return {};
  for (const std::string_view name :
       {"currency", "currencyCode", "currency_code", "currencyIso", "priceCurrency"}) {
    const auto found = value.find(name);
    if (found != value.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

class StateReader {
 public:
  explicit StateReader(const PageSubject& subject)
      : subject_(subject), names_(ColumnNames::make(marketplace_shape(), {})) {}

  void collect(const Json& node, int depth) {
    if (depth > 30 || ++visited_ > kMaxVisited || others_.size() + found_.size() > kMaxStateProducts) return;
    if (node.is_object()) consider(node);
    if (!node.is_structured()) return;
    for (const auto& [key, value] : node.items()) {
      if (value.is_structured()) collect(value, depth + 1);
    }
  }

  std::vector<PageProduct> take() {
    std::ranges::move(others_, std::back_inserter(found_));
    return std::move(found_);
  }

 private:
  void consider(const Json& object) {
    if (object.size() < 3 || object.size() > 600) return;
    PageProduct product(ValueOrigin::kState);
    for (const auto& [key, value] : object.items()) add(normal_name(key), value, product);
    // An id of the database counts where there is no SKU.
    for (const auto& [key, value] : object.items()) {
      const auto column = names_->find(normal_name(key));
      if (column && column->role == Role::kId && !value.is_structured())
        product.offer(PageField::kSku, scalar_text(value));
    }
    if (product[PageField::kTitle].empty() || product[PageField::kPrice].empty()) return;
    (is_subject(subject_, product) ? found_ : others_).push_back(std::move(product));
  }

  void add(const std::string& name, const Json& value, PageProduct& product) const {
    const auto column = names_->find(name);
    if (!column) {
      if (name == "final_price" || name == "selling_price" || name == "unit_price" ||
          name == "special_price" || name == "price_value" || name == "sell_price" || name == "sales_price")
        add_price(value, product, true);
      if (name == "product_code" || name == "sku_id" || name == "item_number" || name == "article_number")
        product.offer(PageField::kSku, scalar_text(value));
      return;
    }
    switch (column->role) {
      case Role::kText:
        return add_text(column->field, value, product);
      case Role::kPrice:
        if (name != "amount") add_price(value, product, false);
        return;
      case Role::kSalePrice:
        return add_price(value, product, true);
      case Role::kSku:
        if (name == "sku" && !value.is_structured()) product.offer(PageField::kSku, scalar_text(value));
        return;
      case Role::kImages:
        return add_images(value, product, 0);
      case Role::kInStock:
        if (value.is_boolean())
          product.offer(PageField::kStatus, value.get<bool>() ? "instock" : "outofstock");
        return;
      case Role::kSold:
        if (value.is_boolean() && value.get<bool>()) product[PageField::kStatus] = "sold";
        return;
      case Role::kReserved:
        if (value.is_boolean() && value.get<bool>()) product[PageField::kStatus] = "reserved";
        return;
      case Role::kStatusOrState:
        if (const auto status = read_status(scalar_text(value)))
          product.offer(PageField::kStatus, std::string(*status));
        return;
      case Role::kColors:
        return product.offer(PageField::kColor, scalar_text(value));
      case Role::kCategoryPath:
        return product.offer(PageField::kCategory, scalar_text(value));
      default:
        return;
    }
  }

  void add_text(std::string_view field, const Json& value, PageProduct& product) const {
    struct Name {
      std::string_view name;
      PageField field;
    };
    constexpr std::array kFields = std::to_array<Name>({{"title", PageField::kTitle},
                                                        {"description", PageField::kDescription},
                                                        {"brand", PageField::kBrand},
                                                        {"currency", PageField::kCurrency},
                                                        {"size", PageField::kSize},
                                                        {"condition", PageField::kCondition},
                                                        {"material", PageField::kMaterial},
                                                        {"gender", PageField::kGender}});
    if (field == "url" && value.is_string())
      product.offer(PageField::kUrl,
                    clean_url(absolute_url(subject_.page_url, value.get_ref<const std::string&>())));
    const auto* const known = std::ranges::find(kFields, field, &Name::name);
    if (known != kFields.end()) product.offer(known->field, scalar_text(value));
  }

  static void add_price(const Json& value, PageProduct& product, bool is_sale) {
    const std::string price = scalar_text(value);
    const auto money = text::parse_money(price);
    if (!money || money->amount <= 0) return;
    std::string& known = product[PageField::kPrice];
    const auto before = text::parse_money(known);
    if (known.empty() || (is_sale && before && money->amount < before->amount)) known = price;
    product.offer(PageField::kCurrency, currency_in(value));
  }

  void add_images(const Json& value, PageProduct& product, int depth) const {
    if (depth > 3 || product.images.size() >= 50) return;
    if (value.is_string()) {
      std::string url = absolute_url(subject_.page_url, value.get_ref<const std::string&>());
      if (!url.empty() && !std::ranges::contains(product.images, url))
        product.images.push_back(std::move(url));
    } else if (value.is_array()) {
      for (const Json& one : value) add_images(one, product, depth + 1);
    } else if (value.is_object()) {
      for (const std::string_view name : {"full_size_url", "url", "src", "image", "large", "original"}) {
        const auto found = value.find(name);
        if (found != value.end()) return add_images(*found, product, depth + 1);
      }
    }
  }

  const PageSubject& subject_;
  const Result<ColumnNames> names_;
  std::size_t visited_ = 0;
  std::vector<PageProduct> found_;
  std::vector<PageProduct> others_;
};

}  // namespace

std::vector<Json> page_states(const HtmlTree& tree) {
  StateCollector states;
  std::size_t left = kMaxStateBytes;
  for (const HtmlNode node : tree.elements()) {
    if (states.is_full()) break;
    if (!node.is("script")) continue;
    const std::string_view type = node.attribute("type");
    if (to_lower(type).contains("ld+json")) continue;
    const std::string script = node.raw_text(left + 1);
    if (script.size() < kLeastStateBytes || script.size() > left) continue;
    left -= script.size();
    if (is_json_type(type)) {
      states.add_json(script, node.attribute("id") == "__NUXT_DATA__");
    } else {
      states.add_script(script);
    }
  }
  return states.take();
}

std::vector<PageProduct> state_products(const std::vector<Json>& states, const PageSubject& subject) {
  StateReader reader(subject);
  for (const Json& state : states) reader.collect(state, 0);
  return reader.take();
}

}  // namespace fit::ingest
