#include "http/item_head.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "text/html.h"

namespace fit::http {
namespace {

constexpr std::size_t kDataDescriptionCharacters = 2000;
constexpr std::size_t kDataImages = 8;

using domain::ItemRecord;
using domain::Listing;

const std::string& value_of_property(const Listing& listing, std::string_view name) {
  return listing.properties[*domain::property_index(name)];
}

std::string absolute_url(const HeadSite& site, std::string url) {
  return url.starts_with('/') ? site.origin + url : std::move(url);
}

std::string currency_of_price(const Listing& listing, const HeadSite& site) {
  const std::string stated = head_text(listing.currency, 3);
  return stated.empty() ? site.currency : stated;
}

bool is_web_url(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string_view availability_of(std::string_view status) {
  if (status == "active") return "https://schema.org/InStock";
  if (status == "reserved") return "https://schema.org/Reserved";
  if (status == "sold") return "https://schema.org/SoldOut";
  return "https://schema.org/Discontinued";
}

Json offer_of(const Listing& listing, const HeadSite& site, const std::string& page_url) {
  Json offer{{"@type", "Offer"},
             {"url", is_web_url(listing.url) ? listing.url : page_url},
             {"availability", availability_of(listing.status)}};
  const std::string currency = currency_of_price(listing, site);
  if (listing.price && !currency.empty()) {
    offer["price"] = head_price(*listing.price, "");
    offer["priceCurrency"] = currency;
  }
  const std::string& condition = value_of_property(listing, "condition");
  if (!condition.empty()) {
    offer["itemCondition"] =
        condition == "new" ? "https://schema.org/NewCondition" : "https://schema.org/UsedCondition";
  }
  offer["seller"] = {{"@type", "Organization"}, {"name", head_text(listing.source, kHeadTitleCharacters)}};
  return offer;
}

Json product_of(const ItemRecord& item, const HeadSite& site, const std::string& page_url) {
  const Listing& listing = item.listing;
  Json product{{"@context", "https://schema.org"},
               {"@type", "Product"},
               {"name", head_text(head_name_of(item), kHeadTitleCharacters)},
               {"url", page_url}};
  const std::string description =
      head_text(text::plain_text(listing.description), kDataDescriptionCharacters);
  if (!description.empty()) product["description"] = description;
  Json images = Json::array();
  for (const domain::ImageRecord& image : item.images) {
    if (images.size() == kDataImages) break;
    images.push_back(absolute_url(site, site.views.image_url(image)));
  }
  if (!images.empty()) product["image"] = std::move(images);
  if (!listing.brand.empty()) {
    product["brand"] = {{"@type", "Brand"}, {"name", head_text(listing.brand, kHeadTitleCharacters)}};
  }
  if (!listing.size.empty()) product["size"] = head_text(listing.size, kHeadTitleCharacters);
  for (const auto& [member, property] :
       {std::pair("color", "primary_color"), std::pair("material", "material"),
        std::pair("category", "category")}) {
    const std::string& value = value_of_property(listing, property);
    if (!value.empty()) product[member] = value;
  }
  product["offers"] = offer_of(listing, site, page_url);
  return product;
}

}  // namespace

std::string head_name_of(const ItemRecord& item) {
  const Listing& listing = item.listing;
  if (!trim(listing.title).empty()) return listing.title;
  const std::string& kind = value_of_property(listing, "subcategory").empty()
                                ? value_of_property(listing, "category")
                                : value_of_property(listing, "subcategory");
  std::string seen = value_of_property(listing, "primary_color");
  if (!seen.empty() && !kind.empty()) seen += ' ';
  seen += kind;
  if (seen.empty()) return "Item " + item.id.str();
  if (seen[0] >= 'a' && seen[0] <= 'z') seen[0] = static_cast<char>(seen[0] - 'a' + 'A');
  return seen;
}

std::optional<PageHead::Image> head_image_of(const ItemRecord& item, const HeadSite& site) {
  if (item.images.empty()) return std::nullopt;
  const domain::ImageRecord& first = item.images.front();
  constexpr std::array<std::string_view, 4> kRead = {"jpeg", "png", "webp", "gif"};
  PageHead::Image image{.url = {}, .description = head_text(head_name_of(item), kHeadTitleCharacters)};
  if (std::ranges::contains(kRead, first.format)) {
    image.url = absolute_url(site, site.views.image_url(first));
    image.width = first.width;
    image.height = first.height;
  } else {
    image.url = absolute_url(site, site.views.thumbnail_url(first.id));
  }
  return image;
}

PageHead item_head(const ItemRecord& item, const HeadSite& site) {
  const Listing& listing = item.listing;
  const std::string url = site.origin + "/items/" + item.id.str();
  const std::string currency = currency_of_price(listing, site);
  const std::string price = listing.price ? head_price(*listing.price, currency) : std::string();
  const std::string facts =
      joined_head_texts({price, listing.brand, listing.size, value_of_property(listing, "condition")});
  PageHead head{.title = head_name_of(item),
                .description = joined_head_texts({facts, text::plain_text(listing.description)}),
                .url = url,
                .type = "product",
                .image = head_image_of(item, site),
                .price = listing.price,
                .currency = currency};
  if (head.description.empty()) head.description = head.title;
  head.is_for_search_engines = listing.status != "hidden" && listing.status != "removed";
  head.data = product_of(item, site, url);
  return head;
}

}  // namespace fit::http
