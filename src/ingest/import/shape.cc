#include "ingest/import/shape.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "domain/properties.h"
#include "ingest/import/cell_values.h"

namespace fit::ingest {
namespace {

using Name = Shape::Name;

constexpr std::array kOwnNames = std::to_array<Name>({
    {"external_id", Role::kId},
    {"id", Role::kId},
    {"source", Role::kText, "source"},
    {"title", Role::kText, "title"},
    {"name", Role::kText, "title"},
    {"description", Role::kText, "description"},
    {"brand", Role::kText, "brand"},
    {"price", Role::kPrice, "price"},
    {"currency", Role::kText, "currency"},
    {"size", Role::kText, "size"},
    {"url", Role::kText, "url"},
    {"status", Role::kText, "status"},
    {"listed_at", Role::kText, "listed_at"},
    {"images", Role::kImages, "images"},
    {"image_urls", Role::kImages, "image_urls"},
    {"image_url", Role::kImages, "image_url"},
    {"image_path", Role::kImages, "image_path"},
    {"image_base64", Role::kImageBase64, "image_base64"},
    {"properties", Role::kProperties, "properties"},
});

constexpr std::array kShopifyMarks = std::to_array<std::string_view>({"handle", "title", "variant_price"});
constexpr std::array kShopifyNames = std::to_array<Name>({
    {"handle", Role::kGroup},
    {"title", Role::kText, "title"},
    {"body_(html)", Role::kText, "description"},
    {"body_html", Role::kText, "description"},
    {"body", Role::kText, "description"},
    {"vendor", Role::kText, "brand"},
    {"type", Role::kText, "category"},
    {"custom_product_type", Role::kCategoryPath, "category", 1},
    {"product_category", Role::kCategoryPath, "category", 2},
    {"standard_product_type", Role::kCategoryPath, "category", 3},
    {"google_shopping_/_google_product_category", Role::kCategoryPath, "category", 4},
    {"tags", Role::kTags},
    {"published", Role::kPublished},
    {"status", Role::kText, "status"},
    {"option1_name", Role::kOptionName, "", 0},
    {"option1_value", Role::kOptionValue, "", 0},
    {"option2_name", Role::kOptionName, "", 1},
    {"option2_value", Role::kOptionValue, "", 1},
    {"option3_name", Role::kOptionName, "", 2},
    {"option3_value", Role::kOptionValue, "", 2},
    {"variant_price", Role::kPrice, "price"},
    {"image_src", Role::kImages, "images"},
    {"image_position", Role::kImagePosition},
    {"variant_image", Role::kImages, "images", 1},
    {"google_shopping_/_gender", Role::kText, "gender"},
    {"google_shopping_/_condition", Role::kText, "condition"},
    {"url", Role::kText, "url"},
});

constexpr std::array kWooMarks = std::to_array<std::string_view>({"type", "name", "regular_price", "images"});
constexpr std::array kWooNames = std::to_array<Name>({
    {"id", Role::kId},
    {"sku", Role::kSku},
    {"type", Role::kRowType},
    {"name", Role::kText, "title"},
    {"published", Role::kPublished},
    {"short_description", Role::kDescription2},
    {"description", Role::kText, "description"},
    {"in_stock?", Role::kInStock},
    {"sale_price", Role::kSalePrice, "price"},
    {"regular_price", Role::kPrice, "price"},
    {"categories", Role::kCategoryPath, "category", 0},
    {"tags", Role::kTags},
    {"images", Role::kImages, "images"},
    {"parent", Role::kParent},
    {"brands", Role::kText, "brand"},
    {"brand", Role::kText, "brand"},
    {"external_url", Role::kText, "url"},
    {"permalink", Role::kText, "url"},
});

constexpr std::array kGoogleMarks = std::to_array<std::string_view>({"id", "title", "image_link"});
constexpr std::array kGoogleNames = std::to_array<Name>({
    {"id", Role::kId},
    {"title", Role::kText, "title"},
    {"description", Role::kText, "description"},
    {"link", Role::kText, "url"},
    {"image_link", Role::kImages, "images"},
    {"additional_image_link", Role::kImages, "images", 1},
    {"additional_image_links", Role::kImages, "images", 1},
    {"price", Role::kPrice, "price"},
    {"sale_price", Role::kSalePrice, "price"},
    {"availability", Role::kText, "status"},
    {"condition", Role::kText, "condition"},
    {"brand", Role::kText, "brand"},
    {"color", Role::kColors, "primary_color"},
    {"colour", Role::kColors, "primary_color"},
    {"size", Role::kText, "size"},
    {"gender", Role::kText, "gender"},
    {"material", Role::kText, "material"},
    {"pattern", Role::kText, "pattern"},
    {"product_type", Role::kCategoryPath, "category", 0},
    {"google_product_category", Role::kCategoryPath, "category", 1},
});

constexpr std::array kStylesMarks =
    std::to_array<std::string_view>({"id", "article_type", "product_display_name"});
constexpr std::array kStylesNames = std::to_array<Name>({
    {"id", Role::kId},
    {"gender", Role::kText, "gender"},
    {"article_type", Role::kText, "category"},
    {"base_colour", Role::kText, "primary_color"},
    {"season", Role::kText, "season"},
    {"usage", Role::kText, "occasion"},
    {"product_display_name", Role::kText, "title"},
    {"price", Role::kPrice, "price"},
    {"brand", Role::kText, "brand"},
    {"brand_name", Role::kText, "brand"},
    {"link", Role::kImages, "images"},
    {"image", Role::kImages, "images"},
    {"image_url", Role::kImages, "images"},
    {"image_path", Role::kImages, "images"},
});

constexpr std::array kMarketplaceNames = std::to_array<Name>({
    {"item_id", Role::kId},
    {"listing_id", Role::kId},
    {"product_id", Role::kId},
    {"legacy_item_id", Role::kId},
    {"article_id", Role::kId},
    {"_id", Role::kId},
    {"sku", Role::kSku},
    {"slug", Role::kSku, "", 1},
    {"handle", Role::kSku, "", 1},
    {"product_name", Role::kText, "title"},
    {"item_name", Role::kText, "title"},
    {"product_title", Role::kText, "title"},
    {"headline", Role::kText, "title"},
    {"body_html", Role::kText, "description"},
    {"body", Role::kText, "description"},
    {"desc", Role::kText, "description"},
    {"details", Role::kDescription2},
    {"short_description", Role::kDescription2},
    {"brand_name", Role::kText, "brand"},
    {"brand_title", Role::kText, "brand"},
    {"vendor", Role::kText, "brand"},
    {"manufacturer", Role::kText, "brand"},
    {"designer", Role::kText, "brand"},
    {"current_price", Role::kPrice, "price"},
    {"price_amount", Role::kPrice, "price"},
    {"amount", Role::kPrice, "price"},
    {"item_price", Role::kPrice, "price"},
    {"regular_price", Role::kPrice, "price"},
    {"offers", Role::kPrice, "price"},
    {"sale_price", Role::kSalePrice, "price"},
    {"variants", Role::kVariants, "price"},
    {"currency_code", Role::kText, "currency"},
    {"price_currency", Role::kText, "currency"},
    {"currency_name", Role::kText, "currency"},
    {"sizes", Role::kText, "size"},
    {"size_title", Role::kText, "size"},
    {"size_name", Role::kText, "size"},
    {"size_label", Role::kText, "size"},
    {"link", Role::kText, "url"},
    {"permalink", Role::kText, "url"},
    {"item_web_url", Role::kText, "url"},
    {"item_url", Role::kText, "url"},
    {"product_url", Role::kText, "url"},
    {"listing_url", Role::kText, "url"},
    {"web_url", Role::kText, "url"},
    {"photos", Role::kImages, "images"},
    {"pictures", Role::kImages, "images"},
    {"image", Role::kImages, "images"},
    {"photo", Role::kImages, "images"},
    {"picture", Role::kImages, "images"},
    {"image_link", Role::kImages, "images"},
    {"photo_url", Role::kImages, "images"},
    {"photo_urls", Role::kImages, "images"},
    {"picture_url", Role::kImages, "images"},
    {"picture_urls", Role::kImages, "images"},
    {"main_image", Role::kImages, "images"},
    {"gallery", Role::kImages, "images", 1},
    {"media", Role::kImages, "images", 1},
    {"additional_images", Role::kImages, "images", 1},
    {"additional_image_link", Role::kImages, "images", 1},
    {"additional_image_urls", Role::kImages, "images", 1},
    {"thumbnail", Role::kImages, "images", 2},
    {"thumbnail_url", Role::kImages, "images", 2},
    {"thumbnail_images", Role::kImages, "images", 2},
    {"preview", Role::kImages, "images", 2},
    {"image_data", Role::kImageBase64, "image_base64"},
    {"color", Role::kColors, "primary_color"},
    {"colour", Role::kColors, "primary_color"},
    {"colors", Role::kColors, "primary_color"},
    {"colours", Role::kColors, "primary_color"},
    {"base_colour", Role::kColors, "primary_color"},
    {"color_1", Role::kColors, "primary_color"},
    {"color1", Role::kColors, "primary_color"},
    {"materials", Role::kText, "material"},
    {"state", Role::kStatusOrState, "status"},
    {"status", Role::kStatusOrState, "status"},
    {"availability", Role::kStatusOrState, "status"},
    {"item_condition", Role::kText, "condition"},
    {"condition_description", Role::kIgnored},
    {"gender_name", Role::kText, "gender"},
    {"department", Role::kText, "gender"},
    {"category", Role::kCategoryPath, "category", 0},
    {"categories", Role::kCategoryPath, "category", 1},
    {"category_name", Role::kCategoryPath, "category", 0},
    {"category_path", Role::kCategoryPath, "category", 1},
    {"product_type", Role::kCategoryPath, "category", 0},
    {"article_type", Role::kCategoryPath, "category", 0},
    {"catalog_title", Role::kCategoryPath, "category", 0},
    {"tags", Role::kTags},
    {"options", Role::kOptions},
    {"published", Role::kPublished},
    {"in_stock", Role::kInStock},
    {"is_sold", Role::kSold},
    {"sold", Role::kSold},
    {"is_closed", Role::kSold},
    {"is_reserved", Role::kReserved},
    {"is_hidden", Role::kHidden},
    {"is_draft", Role::kHidden},
    {"created_at", Role::kText, "listed_at"},
    {"created_at_ts", Role::kText, "listed_at"},
    {"created", Role::kText, "listed_at"},
    {"date_created", Role::kText, "listed_at"},
    {"published_at", Role::kText, "listed_at"},
    {"listed", Role::kText, "listed_at"},
    {"date_listed", Role::kText, "listed_at"},
    {"item_creation_date", Role::kText, "listed_at"},
    {"pub_date", Role::kText, "listed_at"},
});

constexpr std::array kShapes = std::to_array<Shape>({
    {.id = "fit", .title = "our own columns", .marks = {}, .names = {}, .is_own = true},
    {.id = "shopify",
     .title = "a Shopify export",
     .marks = kShopifyMarks,
     .names = kShopifyNames,
     .joins_rows = true},
    {.id = "woocommerce",
     .title = "a WooCommerce export",
     .marks = kWooMarks,
     .names = kWooNames,
     .joins_rows = true},
    {.id = "google", .title = "a Google Merchant feed", .marks = kGoogleMarks, .names = kGoogleNames},
    {.id = "styles",
     .title = "a table of styles as Kaggle has it",
     .marks = kStylesMarks,
     .names = kStylesNames,
     .finds_images_by_id = true},
    {.id = "marketplace", .title = "listings of a marketplace", .marks = {}, .names = kMarketplaceNames},
});

std::optional<Column> find_in(std::span<const Name> names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Name::name);
  if (found == names.end()) return std::nullopt;
  return Column{found->role, std::string(found->field), found->number};
}

std::optional<Column> find_own(std::string_view name) {
  if (auto column = find_in(kOwnNames, name)) return column;
  if (domain::property_index(name)) return Column{Role::kText, std::string(name)};
  return std::nullopt;
}

// Finds WooCommerce's columns "attribute_2_name" and "attribute_2_value(s)". Options are numbered from 0.
std::optional<Column> find_attribute(std::string_view name) {
  constexpr std::string_view kStart = "attribute_";
  if (!name.starts_with(kStart)) return std::nullopt;
  name.remove_prefix(kStart.size());
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || number < 1 || number > 20) return std::nullopt;
  name.remove_prefix(static_cast<std::size_t>(stop - name.data()));
  if (name == "_name") return Column{Role::kOptionName, {}, number - 1};
  if (name == "_value(s)") return Column{Role::kOptionValue, {}, number - 1};
  return std::nullopt;
}

}  // namespace

const Shape& own_shape() {
  return kShapes.front();
}

const Shape& marketplace_shape() {
  return kShapes.back();
}

const Shape* find_shape(std::string_view id) {
  const auto* const found = std::ranges::find(kShapes, id, &Shape::id);
  return found == kShapes.end() ? nullptr : found;
}

std::string shape_ids() {
  std::string ids;
  for (const Shape& shape : kShapes) ids += (ids.empty() ? "" : ", ") + std::string(shape.id);
  return ids;
}

const Shape* detect_shape(std::span<const std::string> names) {
  for (const Shape& shape : kShapes) {
    const bool has_marks = std::ranges::all_of(
        shape.marks, [&](std::string_view mark) { return std::ranges::contains(names, mark); });
    if (!shape.marks.empty() && has_marks) return &shape;
  }
  const auto all_in = [&](const auto& find) {
    return std::ranges::all_of(names, [&](const std::string& name) { return name.empty() || find(name); });
  };
  if (all_in([](const std::string& name) { return find_own(name).has_value(); })) return &own_shape();
  const auto in_marketplace = [](const std::string& name) {
    return find_in(kMarketplaceNames, name).has_value() || find_own(name).has_value();
  };
  return all_in(in_marketplace) ? &marketplace_shape() : nullptr;
}

Result<ColumnNames> ColumnNames::make(const Shape& shape, std::span<const std::string> mapping) {
  ColumnNames names(shape);
  for (const std::string& entry : mapping) {
    const std::size_t equals = entry.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid("map", entry + " must name a column and a field, as in handle=external_id");
    }
    const std::string field = normal_name(entry.substr(equals + 1));
    Column column;
    if (!field.empty()) {
      const auto own = find_own(field);
      if (!own) return invalid("map", field + " is none of the fields of an item");
      column = *own;
    }
    names.mapped_.emplace_back(normal_name(entry.substr(0, equals)), std::move(column));
  }
  return names;
}

std::optional<Column> ColumnNames::find(std::string_view name) const {
  for (const auto& [mapped, column] : mapped_) {
    if (mapped == name) return column;
  }
  if (auto column = find_in(shape_->names, name)) return column;
  if (shape_->id == "woocommerce") return find_attribute(name);
  if (shape_->is_own || shape_->id == "marketplace") return find_own(name);
  return std::nullopt;
}

}  // namespace fit::ingest
