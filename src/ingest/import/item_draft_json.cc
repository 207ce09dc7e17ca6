#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/item_draft.h"

namespace fit::ingest {
namespace {

constexpr int kMaxNesting = 4;

std::string number_text(const Json& value) {
  if (value.is_number_integer()) return value.dump();
  const auto number = value.get<double>();
  constexpr double kExact = 9e15;
  if (std::floor(number) == number && std::abs(number) < kExact) return fit::format("{:.0f}", number);
  return value.dump();
}

// The first of these members that is present and not null; null when none is.
const Json* member(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = object.find(name);
    if (found != object.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

// The value as text: numbers as written, objects by their name, lists joined by commas.
std::string text_of(const Json& value, int depth = 0) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return number_text(value);
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (depth >= kMaxNesting) return {};
  if (value.is_object()) {
    const Json* name =
        member(value, {"name", "title", "label", "text", "display_name", "displayName", "value", "en",
                       "categoryName", "category_name", "localized_name", "slug"});
    return name == nullptr ? std::string() : text_of(*name, depth + 1);
  }
  std::string all;
  if (!value.is_array()) return all;
  for (const Json& one : value) {
    const std::string text = text_of(one, depth + 1);
    if (!text.empty()) all += (all.empty() ? "" : ", ") + text;
  }
  return all;
}

// The widest of the objects that describe one image in several sizes; null when one has no width.
const Json* largest(const Json& list) {
  const Json* best = nullptr;
  double best_width = -1;
  for (const Json& one : list) {
    if (!one.is_object()) return nullptr;
    const Json* width = member(one, {"width", "w"});
    if (width == nullptr || !width->is_number()) return nullptr;
    if (width->get<double>() > best_width) best = &one;
    best_width = std::max(best_width, width->get<double>());
  }
  return best;
}

// The image under the largest size in {"150": "a.jpg", "640": "b.jpg"}; null when a name is not a size.
const Json* under_largest_size(const Json& object) {
  const Json* best = nullptr;
  int best_size = 0;
  for (const auto& [name, value] : object.items()) {
    const bool is_size = !name.empty() && name.size() < 6 &&
                         std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_size) return nullptr;
    const int size = std::stoi(name);
    if (size >= best_size) best = &value;
    best_size = std::max(best_size, size);
  }
  return best;
}

}  // namespace

void ItemDraft::add_json(const Column& column, const Json& value, std::size_t max_image_bytes) {
  if (value.is_null()) return;
  is_blank_ = is_blank_ && column.role == Role::kIgnored;
  switch (column.role) {
    case Role::kIgnored:
      return;
    case Role::kPrice:
    case Role::kSalePrice:
    case Role::kVariants:
      return add_json_price(column, value);
    case Role::kImages:
      return add_json_images(column, value, max_image_bytes);
    case Role::kImageBase64:
      if (value.is_string()) return add_base64(column, value.get_ref<const std::string&>(), max_image_bytes);
      return add_warning(column.field, "is not an image as base64; left out", value.dump());
    case Role::kProperties:
      return add_json_properties(value);
    case Role::kOptions:
      return add_json_options(value);
    default:
      break;
  }
  const std::string text = text_of(value);
  if (text.empty() && value.is_structured() && !value.empty() && column.role == Role::kText) {
    add_warning(column.field, "is not a text that can be read; left empty", dump_json(value));
  }
  add_text(column, text);
}

void ItemDraft::add_json_price(const Column& column, const Json& value) {
  if (value.is_number()) return set_amount(column, value.get<double>(), value.dump());
  if (value.is_string()) {
    const std::string_view text = trim_marks(value.get_ref<const std::string&>());
    if (!text.empty()) set_price(column, text);
    return;
  }
  if (value.is_array()) {
    ItemDraft lowest{Place{}};
    for (const Json& one : value) {
      ItemDraft variant{Place{}};
      const Json* price = one.is_object() ? member(one, {"price"}) : nullptr;
      variant.add_json_price(column, price == nullptr ? one : *price);
      if (column.role == Role::kVariants) variant.warnings_.clear();
      lowest.join(std::move(variant));
    }
    std::ranges::move(lowest.warnings_, std::back_inserter(warnings_));
    if (lowest.price_) set_amount(column, *lowest.price_, {});
    if (price_currency_.empty()) price_currency_ = std::move(lowest.price_currency_);
    return;
  }
  if (!value.is_object())
    return add_warning(column.field, "is not a price that can be read; left empty", dump_json(value));
  const Json* amount = member(value, {"amount", "value", "price", "priceAmount", "price_amount", "current",
                                      "current_price", "lowPrice", "min", "from", "formatted", "display"});
  const Json* currency = member(value, {"currency_code", "currency", "currencyCode", "currencyName",
                                        "priceCurrency", "currency_iso", "code"});
  if (amount == nullptr)
    return add_warning(column.field, "is not a price that can be read; left empty", dump_json(value));
  if (currency != nullptr && currency->is_string()) {
    domain::Listing probe;
    set_listing_text(probe, "currency", currency->get_ref<const std::string&>(), warnings_);
    if (price_currency_.empty()) price_currency_ = probe.currency;
  }
  add_json_price(column, *amount);
}

void ItemDraft::add_json_images(const Column& column, const Json& value, std::size_t max_image_bytes) {
  if (value.is_string()) {
    const std::string_view text = trim_marks(value.get_ref<const std::string&>());
    if (!text.empty()) add_images(column, text);
  } else if (value.is_object()) {
    add_json_image(column, value, max_image_bytes);
  } else if (value.is_array()) {
    for (const Json& one : value) {
      if (images_.size() > 2 * catalog::kMaxImagesPerItem) {
        add_warning("images", "are too many; the rest is left out", {});
        return;
      }
      const Json* best = one.is_array() ? largest(one) : nullptr;
      if (one.is_string()) {
        add_image(column, trim_marks(one.get_ref<const std::string&>()));
      } else if (best != nullptr) {
        add_json_image(column, *best, max_image_bytes);
      } else if (one.is_object()) {
        add_json_image(column, one, max_image_bytes);
      } else if (!one.is_null()) {
        add_warning(fit::format("images[{}]", images_.size()), "is not an image; left out", dump_json(one));
      }
    }
  } else {
    add_warning(column.field, "is not an image; left out", dump_json(value));
  }
}

void ItemDraft::add_json_image(const Column& column, const Json& object, std::size_t max_image_bytes) {
  if (const Json* sent = member(object, {"image_base64", "base64"}); sent != nullptr && sent->is_string()) {
    return add_base64(column, sent->get_ref<const std::string&>(), max_image_bytes);
  }
  const Json* location = member(
      object, {"full_size_url", "original", "original_url", "full", "large", "url", "imageUrl", "image_url",
               "src", "path", "href", "link", "contentUrl", "high_resolution", "uri", "image"});
  if (location == nullptr) location = under_largest_size(object);
  if (location != nullptr && location->is_object()) location = member(*location, {"url", "src", "href"});
  if (location == nullptr || !location->is_string()) {
    add_warning(fit::format("images[{}]", images_.size()), "is not an image; left out", dump_json(object));
    return;
  }
  add_image(column, trim_marks(location->get_ref<const std::string&>()));
}

void ItemDraft::add_json_properties(const Json& value) {
  if (!value.is_object()) return add_warning("properties", "is not an object; left out", dump_json(value));
  for (const auto& [name, inner] : value.items()) {
    if (inner.is_null()) continue;
    const std::string property = normal_name(name);
    if (domain::property_index(property)) {
      set_listing_text(item_.listing, property, text_of(inner), warnings_);
    } else {
      add_warning("properties." + std::string(utf8_prefix(name, 100)), "is not a known field; left out",
                  text_of(inner));
    }
  }
}

void ItemDraft::add_json_options(const Json& value) {
  if (!value.is_array()) return;
  for (const Json& one : value) {
    if (!one.is_object()) continue;
    const Json* name = member(one, {"name", "title"});
    const Json* values = member(one, {"values", "options", "value"});
    if (name == nullptr || values == nullptr) continue;
    Option& made = option(options_.size());
    made.name = to_lower(text_of(*name));
    add_option_values(made, text_of(*values));
  }
}

}  // namespace fit::ingest
