#include "ingest/pages/meta_tags.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/page_links.h"
#include "text/money.h"

namespace fit::ingest {
namespace {

struct MetaName {
  std::string_view name;
  PageField field;
};

// The first names of a field are the better ones.
constexpr std::array kMetaNames = std::to_array<MetaName>({
    {"og:title", PageField::kTitle},
    {"twitter:title", PageField::kTitle},
    {"og:description", PageField::kDescription},
    {"twitter:description", PageField::kDescription},
    {"description", PageField::kDescription},
    {"product:sale_price:amount", PageField::kPrice},
    {"product:price:amount", PageField::kPrice},
    {"og:price:amount", PageField::kPrice},
    {"product:price", PageField::kPrice},
    {"og:price", PageField::kPrice},
    {"price", PageField::kPrice},
    {"product:sale_price:currency", PageField::kCurrency},
    {"product:price:currency", PageField::kCurrency},
    {"og:price:currency", PageField::kCurrency},
    {"currency", PageField::kCurrency},
    {"product:availability", PageField::kStatus},
    {"og:availability", PageField::kStatus},
    {"availability", PageField::kStatus},
    {"product:brand", PageField::kBrand},
    {"og:brand", PageField::kBrand},
    {"brand", PageField::kBrand},
    {"product:retailer_item_id", PageField::kSku},
    {"product:retailer_part_no", PageField::kSku},
    {"og:sku", PageField::kSku},
    {"product:sku", PageField::kSku},
    {"sku", PageField::kSku},
    {"product:ean", PageField::kGtin},
    {"product:gtin", PageField::kGtin},
    {"product:upc", PageField::kGtin},
    {"product:isbn", PageField::kGtin},
    {"product:color", PageField::kColor},
    {"product:size", PageField::kSize},
    {"product:material", PageField::kMaterial},
    {"product:category", PageField::kCategory},
    {"product:condition", PageField::kCondition},
    {"product:target_gender", PageField::kGender},
});

// The price in a label of Twitter's card: twitter:label1 "Price", twitter:data1 "£25.00".
void read_labels(const std::array<std::string, 3>& labels, const std::array<std::string, 3>& data,
                 PageProduct& product) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string label = to_lower(labels[i]);
    if (label.contains("price") && text::parse_money(data[i])) product.offer(PageField::kPrice, data[i]);
    if (label.contains("availability")) product.offer(PageField::kStatus, data[i]);
    if (label == "brand") product.offer(PageField::kBrand, data[i]);
  }
}

}  // namespace

PageProduct meta_product(const WebPage& page) {
  PageProduct product(ValueOrigin::kMeta);
  std::array<std::string, kMetaNames.size()> values;
  std::array<std::string, 3> labels;
  std::array<std::string, 3> data;
  for (const HtmlNode node : page.tree().elements()) {
    if (!node.is("meta") || !node.has("content")) continue;
    std::string name = to_lower(node.attribute("property"));
    if (name.empty()) name = to_lower(node.attribute("name"));
    std::string content = read_line(node.attribute("content"));
    if (content.empty()) continue;
    if (name == "og:image" || name == "og:image:url" || name == "og:image:secure_url" ||
        (name == "twitter:image" && product.images.empty())) {
      std::string url = absolute_url(page.url(), content);
      if (!url.empty() && product.images.size() < 50 && !std::ranges::contains(product.images, url))
        product.images.push_back(std::move(url));
    }
    const auto known = std::ranges::find(kMetaNames, name, &MetaName::name);
    if (known != kMetaNames.end()) {
      std::string& value = values[static_cast<std::size_t>(known - kMetaNames.begin())];
      if (value.empty()) value = std::move(content);
    } else if (name.starts_with("twitter:label") || name.starts_with("twitter:data")) {
      const std::size_t number = static_cast<std::size_t>(name.back() - '0');
      if (number < labels.size()) (name.starts_with("twitter:label") ? labels : data)[number] = content;
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) product.offer(kMetaNames[i].field, std::move(values[i]));
  read_labels(labels, data, product);
  if (!text::parse_money(product[PageField::kPrice])) product[PageField::kPrice].clear();
  return product;
}

bool states_product(const PageProduct& meta) {
  return !meta[PageField::kPrice].empty() || !meta[PageField::kSku].empty() ||
         !meta[PageField::kStatus].empty();
}

}  // namespace fit::ingest
