#include "catalog/item_input.h"

#include "base/base64.h"
#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

Result<std::string_view> text_of(std::string_view field, const Json& value) {
  if (!value.is_string()) return invalid(std::string(field), "must be text");
  return std::string_view(value.get_ref<const std::string&>());
}

Result<ImageSource> image_from_location(std::string_view field, const Json& value) {
  FIT_TRY(const std::string_view text, text_of(field, value));
  FIT_TRY(std::string location, check_location(field, text));
  return ImageSource{std::move(location), {}};
}

Result<ImageSource> image_from_base64(std::string_view field, const Json& value, std::size_t max_bytes) {
  FIT_TRY(const std::string_view text, text_of(field, value));
  FIT_TRY(Bytes bytes, decode_base64(field, text, max_bytes));
  return ImageSource{{}, std::move(bytes)};
}

// Reads one entry of "images": a text, {"url"}, {"path"} or {"image_base64"}.
Result<ImageSource> image_of(const std::string& field, const Json& value, std::size_t max_bytes) {
  if (value.is_string()) return image_from_location(field, value);
  if (!value.is_object() || value.size() != 1) {
    return invalid(field, R"(must be a URL, {"url": ...} or {"image_base64": ...})");
  }
  const auto member = value.begin();
  const std::string& name = member.key();
  const Json& inner = member.value();
  const std::string inner_field = field + "." + name;
  if (name == "url" || name == "path") return image_from_location(inner_field, inner);
  if (name == "image_base64") return image_from_base64(inner_field, inner, max_bytes);
  return invalid(inner_field, "is not a known field");
}

Result<void> add_images(ItemInput& item, const Json& value, std::size_t max_bytes) {
  if (!value.is_array()) return invalid("images", "must be a list");
  if (value.size() > kMaxImagesPerItem) {
    return invalid("images", fit::format("must not hold more than {} images", kMaxImagesPerItem));
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    FIT_TRY(ImageSource image, image_of(fit::format("images[{}]", i), value[i], max_bytes));
    item.images.push_back(std::move(image));
  }
  return {};
}

Result<void> set_property(ItemInput& item, const std::string& name, std::string_view field,
                          const Json& value) {
  const std::optional<std::size_t> index = domain::property_index(name);
  if (!index) return invalid(std::string(field), "is not a known field");
  if (!item.listing.properties[*index].empty()) return invalid(std::string(field), "is given twice");
  FIT_TRY(const std::string_view text, text_of(field, value));
  FIT_CHECK(set_text(item.listing, name, text));
  return {};
}

Result<void> set_properties(ItemInput& item, const Json& value) {
  if (!value.is_object()) return invalid("properties", "must be an object");
  for (const auto& [name, inner] : value.items()) {
    if (!inner.is_null()) FIT_CHECK(set_property(item, name, "properties." + name, inner));
  }
  return {};
}

Result<void> set_member(ItemInput& item, const std::string& name, const Json& value, std::size_t max_bytes) {
  if (name == "images") return add_images(item, value, max_bytes);
  if (name == "image_url" || name == "image_path") {
    FIT_TRY(ImageSource image, image_from_location(name, value));
    item.images.push_back(std::move(image));
    return {};
  }
  if (name == "image_base64") {
    FIT_TRY(ImageSource image, image_from_base64(name, value, max_bytes));
    item.images.push_back(std::move(image));
    return {};
  }
  if (name == "price") {
    if (!value.is_number()) return invalid("price", "must be a number");
    FIT_TRY(item.listing.price, check_price(value.get<double>()));
    return {};
  }
  if (name == "properties") return set_properties(item, value);
  if (domain::property_index(name)) return set_property(item, name, name, value);
  domain::Listing probe;
  FIT_TRY(const bool known, set_text(probe, name, ""));
  if (!known) return invalid(name, "is not a known field");
  FIT_TRY(const std::string_view text, text_of(name, value));
  FIT_CHECK(set_text(item.listing, name, text));
  return {};
}

}  // namespace

Result<std::string> check_location(std::string_view field, std::string_view raw) {
  const std::string_view text = trim(raw);
  if (text.empty()) return invalid(std::string(field), "is empty");
  if (text.size() > kMaxUrl) {
    return invalid(std::string(field), fit::format("must not be longer than {} bytes", kMaxUrl));
  }
  if (!is_utf8(text)) return invalid(std::string(field), "is not valid UTF-8");
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return invalid(std::string(field), "must not hold control characters");
    }
  }
  if (text.find("://") != std::string_view::npos && text.find("://") < text.find('/') && !is_http_url(text)) {
    return invalid(std::string(field), "must be an http or https URL");
  }
  return std::string(text);
}

Result<ItemInput> parse_item(const Json& object, std::size_t max_image_bytes) {
  if (!object.is_object()) return invalid("", "an item must be a JSON object");
  ItemInput item;
  int image_members = 0;
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    if (name.starts_with("image") && ++image_members > 1) {
      return invalid(name,
                     "images must be given in one way only: images, image_url, image_path or image_base64");
    }
    FIT_CHECK(set_member(item, name, value, max_image_bytes));
  }
  return item;
}

}  // namespace fit::catalog
