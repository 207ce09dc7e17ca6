#include "ingest/pages/schema_org.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string_view>

#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/pages/page_links.h"

namespace fit::ingest {
namespace {

constexpr std::array kProductTypes = std::to_array<std::string_view>(
    {"product", "productgroup", "productmodel", "individualproduct", "someproducts", "vehicle", "car",
     "motorcycle", "book", "movie", "musicalbum", "clothing", "apparel", "wearable", "event",
     "softwareapplication", "creativework", "service", "apartment"});
constexpr std::array kRelations = std::to_array<std::string_view>(
    {"isrelatedto", "issimilarto", "isaccessoryorsparepartfor", "isconsumablefor", "review", "reviews",
     "isvariantof", "recommends", "author", "seller", "mainentityofpage", "itemreviewed"});
constexpr std::size_t kMaxNodes = 100'000;
// Values that are looked at, again where others refer to them.
constexpr std::size_t kMaxSchemaSteps = 50'000;
constexpr std::size_t kLeastNumber = 5;  // characters of a number that variants have in common

// "http://schema.org/Product", "schema:Product" and "Product" are the same.
std::string schema_name(std::string_view name) {
  if (const std::size_t end = name.find_last_of("/#:"); end != std::string_view::npos)
    name.remove_prefix(end + 1);
  return to_lower(name);
}

// A member by its name in lower case.
const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (schema_name(key) == name) return &value;
  }
  return nullptr;
}

bool has_any_type(const Json& object, std::span<const std::string_view> types) {
  const Json* type = object.is_object() ? member(object, "@type") : nullptr;
  if (type == nullptr) return false;
  const auto is_one = [&](const Json& one) {
    return one.is_string() && std::ranges::contains(types, schema_name(one.get_ref<const std::string&>()));
  };
  return type->is_array() ? std::ranges::any_of(*type, is_one) : is_one(*type);
}

bool has_type(const Json& object, std::string_view type) {
  return has_any_type(object, std::span(&type, 1));
}

// The text of a value: of a list the first, of an object its @value, name, value or @id.
std::string text_of(const Json* value, int depth = 0) {
  if (value == nullptr || depth > 4) return {};
  if (value->is_string()) return read_line(value->get_ref<const std::string&>());
  if (value->is_number()) return value->dump();
  if (value->is_array()) {
    for (const Json& one : *value) {
      if (std::string text = text_of(&one, depth + 1); !text.empty()) return text;
    }
  }
  if (value->is_object()) {
    for (const std::string_view name : {"@value", "name", "value", "url", "contenturl"}) {
      if (std::string text = text_of(member(*value, name), depth + 1); !text.empty()) return text;
    }
  }
  return {};
}

std::string text_of(const Json& object, std::string_view name) {
  return text_of(member(object, name));
}

class SchemaReader {
 public:
  SchemaReader(ValueOrigin origin, const PageSubject& subject) : origin_(origin), subject_(subject) {}

  void collect(const Json& node, bool is_listed, int depth) {
    if (depth > 40 || ++nodes_ > kMaxNodes) return;
    if (node.is_array()) {
      for (const Json& one : node) collect(one, is_listed, depth + 1);
      return;
    }
    if (!node.is_object()) return;
    if (const Json* const id = member(node, "@id"); id != nullptr && id->is_string() && node.size() > 1)
      by_id_.emplace(id->get_ref<const std::string&>(), &node);
    const bool is_list = has_type(node, "itemlist") || has_type(node, "offercatalog") ||
                         has_type(node, "collectionpage") || has_type(node, "searchresultspage");
    if (is_product(node)) {
      nodes_found_.push_back({&node, is_listed});
      return;
    }
    for (const auto& [key, value] : node.items()) {
      if (value.is_structured() && !std::ranges::contains(kRelations, schema_name(key)))
        collect(value, is_listed || is_list, depth + 1);
    }
  }

  std::vector<PageProduct> products() {
    std::vector<PageProduct> products;
    for (const auto& [node, is_listed] : nodes_found_) {
      if (products.size() == kMaxPageListings) break;
      PageProduct product = read(*node);
      product.is_listed = is_listed;
      products.push_back(std::move(product));
    }
    return products;
  }

 private:
  struct Found {
    const Json* node;
    bool is_listed;
  };
  struct Offer {
    std::optional<double> amount;
    std::string price;
    std::string currency;
    std::string status;  // as schema.org names it
    std::string sku;
    bool is_subject = false;
  };

  static bool is_product(const Json& node) {
    if (has_type(node, "product") || has_type(node, "productgroup")) return true;
    // Things that are not products of themselves are ones if they are offered.
    return has_any_type(node, kProductTypes) &&
           (member(node, "offers") != nullptr || member(node, "hasvariant") != nullptr);
  }

  // False when the page has been looked at enough: lists of references to lists of references have no end.
  bool may_go_on() const { return ++steps_ <= kMaxSchemaSteps; }

  // The node itself, or the one that it refers to by its @id alone.
  const Json* resolved(const Json* node) const {
    if (!node->is_object() || node->size() > 2) return node;
    const Json* const id = member(*node, "@id");
    if (id == nullptr || !id->is_string()) return node;
    const auto found = by_id_.find(id->get_ref<const std::string&>());
    return found == by_id_.end() ? node : found->second;
  }

  void add_images(const Json* value, PageProduct& product, int depth) const {
    if (value == nullptr || depth > 4) return;
    if (value->is_array()) {
      for (const Json& one : *value) {
        if (!may_go_on()) return;
        add_images(&one, product, depth + 1);
      }
    } else if (value->is_object()) {
      const Json& image = *resolved(value);
      for (const std::string_view name : {"contenturl", "url", "@id", "image"}) {
        if (const Json* const inner = member(image, name)) return add_images(inner, product, depth + 1);
      }
    } else if (value->is_string() && product.images.size() < 100) {
      std::string url = absolute_url(subject_.page_url, read_line(value->get_ref<const std::string&>()));
      if (!url.empty() && !std::ranges::contains(product.images, url))
        product.images.push_back(std::move(url));
    }
  }

  static bool is_list_price(const Json& specification) {
    const std::string type = schema_name(text_of(specification, "pricetype"));
    return type.contains("list") || type.contains("strikethrough") || type.contains("msrp") ||
           type.contains("srp") || type.contains("regular");
  }

  // Price and currency of an offer or of a price specification.
  void read_price(const Json& node, Offer& offer, int depth) const {
    for (const std::string_view name : {"price", "lowprice"}) {
      std::string price = text_of(node, name);
      if (!offer.price.empty() || price.empty()) continue;
      offer.price = std::move(price);
    }
    if (offer.currency.empty()) offer.currency = text_of(node, "pricecurrency");
    const Json* const specification = member(node, "pricespecification");
    if (specification == nullptr || depth > 3) return;
    const auto read_one = [&](const Json& one) {
      if (!is_list_price(*resolved(&one))) read_price(*resolved(&one), offer, depth + 1);
    };
    if (specification->is_array()) {
      for (const Json& one : *specification) {
        if (!may_go_on()) return;
        read_one(one);
      }
    } else {
      read_one(*specification);
    }
  }

  void add_offers(const Json* value, std::vector<Offer>& offers, int depth) const {
    if (value == nullptr || depth > 4 || offers.size() > 2000) return;
    if (value->is_array()) {
      for (const Json& one : *value) {
        if (!may_go_on()) return;
        add_offers(&one, offers, depth + 1);
      }
      return;
    }
    if (!value->is_object()) return;
    const Json& node = *resolved(value);
    Offer offer;
    read_price(node, offer, 0);
    const std::string text = offer.price;
    if (const auto money = first_money(text)) offer.amount = money->amount;
    offer.status = schema_name(text_of(node, "availability"));
    offer.sku = text_of(node, "sku");
    const std::string url = text_of(node, "url");
    offer.is_subject = !url.empty() && clean_url(absolute_url(subject_.page_url, url)) == subject_.page_url;
    if (!offer.price.empty() || !offer.status.empty()) {
      offers.push_back(std::move(offer));
    }
    // An aggregate states its own price; its offers only where it does not.
    if (text.empty()) add_offers(member(node, "offers"), offers, depth + 1);
  }

  static bool can_be_bought(const Offer& offer) {
    return offer.status.empty() || read_status(offer.status).value_or("active") == "active";
  }

  // What the numbers of variants have in common: as much of their beginning as the address has, in which
  // shops write the number of the product without that of the variant.
  std::string common_number(const std::vector<Offer>& offers, const PageProduct& product) const {
    std::string common = offers.front().sku;
    for (const Offer& offer : offers) {
      const auto differ = std::ranges::mismatch(common, offer.sku);
      common.erase(differ.in1, common.end());
    }
    const std::string address = to_lower(subject_.page_url + " " + product[PageField::kUrl]);
    while (common.size() >= kLeastNumber && !address.contains(to_lower(common))) common.pop_back();
    return common.size() < kLeastNumber ? std::string() : common;
  }

  void choose_offer(const std::vector<Offer>& offers, PageProduct& product) const {
    const Offer* best = nullptr;
    const auto rank = [](const Offer& offer) {
      return std::tuple(!offer.amount || *offer.amount == 0, !can_be_bought(offer), offer.amount.value_or(0));
    };
    for (const Offer& offer : offers) {
      if (best == nullptr || rank(offer) < rank(*best)) best = &offer;
    }
    if (best == nullptr) return;
    product.offer(PageField::kPrice, best->price);
    product.offer(PageField::kCurrency, best->currency);
    product.offer(PageField::kSku, offers.size() == 1 ? best->sku : common_number(offers, product));
    const auto stated = [](const Offer& offer) { return !offer.status.empty(); };
    if (std::ranges::none_of(offers, stated)) return;
    const bool any = std::ranges::any_of(
        offers, [&](const Offer& offer) { return stated(offer) && can_be_bought(offer); });
    product.offer(PageField::kStatus, any ? "instock" : best->status.empty() ? "soldout" : best->status);
  }

  void read_texts(const Json& node, PageProduct& product) const {
    struct Name {
      std::string_view name;
      PageField field;
    };
    constexpr std::array kNames = std::to_array<Name>({
        {"name", PageField::kTitle},
        {"title", PageField::kTitle},
        {"description", PageField::kDescription},
        {"brand", PageField::kBrand},
        {"manufacturer", PageField::kBrand},
        {"sku", PageField::kSku},
        {"productid", PageField::kSku},
        {"gtin13", PageField::kGtin},
        {"gtin", PageField::kGtin},
        {"gtin12", PageField::kGtin},
        {"gtin14", PageField::kGtin},
        {"gtin8", PageField::kGtin},
        {"ean", PageField::kGtin},
        {"isbn", PageField::kGtin},
        {"size", PageField::kSize},
        {"color", PageField::kColor},
        {"material", PageField::kMaterial},
        {"category", PageField::kCategory},
        {"itemcondition", PageField::kCondition},
        {"datepublished", PageField::kListedAt},
        {"availability", PageField::kStatus},
    });
    for (const auto& [name, field] : kNames) product.offer(field, text_of(node, name));
    if (const Json* const audience = member(node, "audience")) {
      const Json& people = audience->is_array() && !audience->empty() ? (*audience)[0] : *audience;
      product.offer(PageField::kGender, text_of(*resolved(&people), "suggestedgender"));
    }
    for (const std::string_view name : {"url", "mainentityofpage", "@id"}) {
      const std::string url = absolute_url(subject_.page_url, text_of(node, name));
      if (!url.empty()) product.offer(PageField::kUrl, clean_url(url));
    }
  }

  PageProduct read(const Json& node) const {
    PageProduct product(origin_);
    read_texts(node, product);
    std::string& id = product[PageField::kSku];
    for (const std::string_view prefix : {"sku:", "isbn:", "mpn:", "ean:", "gtin:"}) {
      if (to_lower(id).starts_with(prefix)) id = trim(std::string_view(id).substr(prefix.size()));
    }
    std::string& condition = product[PageField::kCondition];
    condition = schema_name(condition);
    if (condition.ends_with("condition")) condition.resize(condition.size() - 9);
    for (const std::string_view name : {"image", "images", "photo", "thumbnailurl"})
      if (product.images.empty()) add_images(member(node, name), product, 0);
    std::vector<Offer> offers;
    add_offers(member(node, "offers"), offers, 0);
    if (offers.empty()) add_offers(member(node, "offer"), offers, 0);
    Offer own;
    read_price(node, own, 0);
    if (offers.empty() && !own.price.empty()) offers.push_back(own);
    add_variants(member(node, "hasvariant"), product, offers);
    choose_offer(offers, product);
    return product;
  }

  void add_variants(const Json* variants, PageProduct& product, std::vector<Offer>& offers) const {
    if (variants == nullptr) return;
    std::vector<std::string> sizes;
    std::set<std::string> colors;
    const auto read_one = [&](const Json& reference) {
      const Json& variant = *resolved(&reference);
      add_offers(member(variant, "offers"), offers, 0);
      std::string size = text_of(variant, "size");
      if (!size.empty() && !std::ranges::contains(sizes, size) && sizes.size() < 30)
        sizes.push_back(std::move(size));
      colors.insert(text_of(variant, "color"));
      if (product.images.empty()) add_images(member(variant, "image"), product, 0);
    };
    if (variants->is_array()) {
      for (const Json& one : *variants) {
        if (!may_go_on()) return;
        read_one(one);
      }
    } else {
      read_one(*variants);
    }
    std::string all;
    for (const std::string& size : sizes) all += (all.empty() ? "" : ", ") + size;
    product.offer(PageField::kSize, all);
    if (colors.size() == 1) product.offer(PageField::kColor, *colors.begin());
  }

  const ValueOrigin origin_;
  const PageSubject& subject_;
  std::size_t nodes_ = 0;
  mutable std::size_t steps_ = 0;  // of may_go_on()
  std::map<std::string, const Json*> by_id_;
  std::vector<Found> nodes_found_;
};

// Finds the first list of breadcrumbs.
const Json* find_breadcrumbs(const Json& node, int depth) {
  if (depth > 6) return nullptr;
  if (has_type(node, "breadcrumblist")) return member(node, "itemlistelement");
  if (!node.is_structured()) return nullptr;
  for (const auto& [key, value] : node.items()) {
    if (!value.is_structured()) continue;
    if (const Json* const found = find_breadcrumbs(value, depth + 1)) return found;
  }
  return nullptr;
}

}  // namespace

std::vector<PageProduct> schema_products(const std::vector<Json>& documents, ValueOrigin origin,
                                         const PageSubject& subject) {
  SchemaReader reader(origin, subject);
  for (const Json& document : documents) reader.collect(document, false, 0);
  return reader.products();
}

std::string schema_breadcrumbs(const std::vector<Json>& documents, const PageSubject& subject) {
  for (const Json& document : documents) {
    const Json* const crumbs = find_breadcrumbs(document, 0);
    if (crumbs == nullptr || !crumbs->is_array()) continue;
    std::string path;
    for (std::size_t i = 1; i < crumbs->size() && i < 10; ++i) {
      std::string name = text_of((*crumbs)[i], "name");
      if (name.empty()) name = text_of((*crumbs)[i], "item");
      if (name.empty() || name.contains("://") || name == subject.title) continue;
      path += (path.empty() ? "" : " > ") + name;
    }
    if (!path.empty()) return path;
  }
  return {};
}

}  // namespace fit::ingest
