#include "ingest/import/item_draft.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/base64.h"
#include "base/csv_reader.h"
#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/cell_values.h"
#include "text/html.h"
#include "text/money.h"

namespace fit::ingest {
namespace {

bool ends_like_an_image(std::string_view text) {
  const std::string lower = to_lower(text);
  constexpr std::array kEndings = std::to_array<std::string_view>(
      {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".gif", ".jfif"});
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool begins_like_a_url(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("//") ||
         text.starts_with("HTTP://") || text.starts_with("HTTPS://") || text.starts_with("www.");
}

// Whether the comma, semicolon or blank at `at` separates two images.
bool parts_images(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(",; \t\r", at);
  if (next == std::string_view::npos) return true;
  const std::string_view behind = text.substr(next);
  if (begins_like_a_url(behind)) return true;
  const bool is_blank = text[at] == ' ' || text[at] == '\t' || text[at] == '\r';
  const std::string_view before = text.substr(0, at);
  return !is_blank && ends_like_an_image(trim(before)) && !begins_like_a_url(before);
}

// Splits a cell into images: at "|" and line breaks, and at a comma, semicolon or blank that a URL follows,
// or a comma or semicolon that follows an image's file name.
std::vector<std::string_view> split_images(std::string_view cell) {
  std::vector<std::string_view> images;
  std::size_t begin = 0;
  const auto cut = [&](std::size_t end) {
    std::string_view image = trim_marks(cell.substr(begin, end - begin));
    while (image.ends_with(',') || image.ends_with(';'))
      image = trim_marks(image.substr(0, image.size() - 1));
    if (!image.empty()) images.push_back(image);
    begin = end + 1;
  };
  for (std::size_t at = 0; at < cell.size(); ++at) {
    const char c = cell[at];
    const bool always = c == '|' || c == '\n';
    const bool maybe = c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\r';
    if (!always && (!maybe || begin >= at || !parts_images(cell.substr(begin), at - begin))) continue;
    cut(at);
  }
  cut(cell.size());
  return images;
}

std::vector<std::string> split_list(std::string_view cell, std::string_view separators) {
  std::vector<std::string> parts;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find_first_of(separators), cell.size());
    std::string part = read_line(cell.substr(0, end));
    if (!part.empty() && !std::ranges::contains(parts, part)) parts.push_back(std::move(part));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// The kind of garment at the end of a path of categories: "Clothing > Dresses", "Home / Women / Dresses". Of
// several paths, or of categories separated by "|" or ",", the first counts.
std::string last_of_path(std::string_view cell) {
  std::string path = read_line(cell);
  std::string_view text = path;
  if (text.contains('>')) {
    // "Clothing > Shirts, Clothing > Men" has several paths.
    const std::size_t comma = text.find(',');
    if (comma != std::string_view::npos && text.substr(comma).contains('>')) text = text.substr(0, comma);
    text = text.substr(text.rfind('>') + 1);
  } else if (text.contains(" / ")) {
    text = text.substr(text.rfind(" / ") + 3);
  } else if (const std::size_t bar = text.find_first_of("|,"); bar != std::string_view::npos) {
    text = text.substr(0, bar);
  }
  return std::string(trim_marks(text));
}

}  // namespace

void ItemDraft::add_text(const Column& column, std::string_view raw) {
  const std::string_view cell = trim_marks(raw);
  if (cell.empty()) return;
  is_blank_ = is_blank_ && column.role == Role::kIgnored;
  switch (column.role) {
    case Role::kIgnored:
    case Role::kVariants:
    case Role::kOptions:
      return;
    case Role::kText:
      return set_listing_text(item_.listing, column.field, cell, warnings_);
    case Role::kId:
    case Role::kGroup:
      return set_id(cell);
    case Role::kDescription2:
      if (description2_.empty()) description2_ = cell;
      return;
    case Role::kPrice:
    case Role::kSalePrice:
      return set_price(column, cell);
    case Role::kImages:
      return add_images(column, cell);
    case Role::kImagePosition:
      std::from_chars(cell.data(), cell.data() + cell.size(), image_position_);
      return;
    case Role::kImageBase64:
      return add_base64(column, cell, std::size_t{1} << 30);
    case Role::kProperties:
      if (auto json = parse_json("", cell); json && json->is_object()) add_json_properties(*json);
      return;
    case Role::kOptionName:
      if (Option& one = option(column.number); one.name.empty()) one.name = to_lower(read_line(cell));
      return;
    case Role::kOptionValue:
      return add_option_values(option(column.number), cell);
    case Role::kColors:
      return add_colors(cell);
    case Role::kCategoryPath:
      return add_category(column, cell);
    case Role::kTags:
      return add_tags(cell);
    case Role::kPublished:
    case Role::kInStock:
    case Role::kSold:
    case Role::kReserved:
    case Role::kHidden:
      return set_flag(column.role, cell);
    case Role::kStatusOrState:
      return set_status_or_state(cell);
    case Role::kSku:
      if (sku_.empty() || column.number < sku_rank_) {
        sku_ = read_line(cell);
        sku_rank_ = column.number;
      }
      return;
    case Role::kParent:
      parent_ = read_line(cell);
      return;
    case Role::kRowType:
      row_type_ = to_lower(cell);
      return;
  }
}

void ItemDraft::set_id(std::string_view cell) {
  if (!item_.listing.external_id.empty()) return;
  if (auto set = catalog::set_text(item_.listing, "external_id", cell); !set) {
    if (!problem_) problem_ = std::move(set).error();
    return;
  }
  if (is_spoiled_id(cell)) {
    add_warning("external_id",
                "looks like a long number that a spreadsheet has cut; other rows may have the same", cell);
  }
}

void ItemDraft::set_price(const Column& column, std::string_view cell) {
  const auto money = text::parse_money(read_line(cell));
  if (!money) {
    add_warning(column.field, "is not a price that can be read; left empty", cell);
    return;
  }
  if (price_currency_.empty()) price_currency_ = money->currency;
  set_amount(column, money->amount, cell);
}

void ItemDraft::set_amount(const Column& column, double amount, std::string_view cell) {
  const auto checked = catalog::check_price(amount);
  if (!checked) {
    add_warning(column.field, checked.error().message + "; left empty", cell);
    return;
  }
  std::optional<double>& price = column.role == Role::kSalePrice ? sale_price_ : price_;
  if (!price) price = *checked;
}

void ItemDraft::add_images(const Column& column, std::string_view cell) {
  if (cell.starts_with('[')) {
    std::string list(cell);
    if (!list.contains('"')) std::ranges::replace(list, '\'', '"');
    if (const auto json = parse_json("", list); json && json->is_array()) {
      return add_json_images(column, *json, std::size_t{1} << 30);
    }
  }
  for (const std::string_view image : split_images(cell)) add_image(column, image);
}

void ItemDraft::add_image(const Column& column, std::string_view text) {
  if (text.starts_with("data:image/")) {
    const std::size_t comma = text.find(',');
    if (comma != std::string_view::npos)
      return add_base64(column, text.substr(comma + 1), std::size_t{1} << 30);
  }
  std::string location(text);
  if (text::has_markup(location)) location = text::plain_text(location);
  if (location.starts_with("//")) location.insert(0, "https:");
  if (location.starts_with("www.")) location.insert(0, "https://");
  if (catalog::is_http_url(location)) {
    for (std::size_t at = location.find(' '); at != std::string::npos; at = location.find(' ', at)) {
      location.replace(at, 1, "%20");
    }
  } else if (!location.contains("://")) {
    std::ranges::replace(location, '\\', '/');
  }
  auto checked = catalog::check_location(fit::format("images[{}]", images_.size()), location);
  if (!checked) {
    add_warning(checked.error().field, checked.error().message + "; left out", text);
    return;
  }
  const auto same = [&](const Image& image) { return image.source.location == *checked; };
  if (std::ranges::any_of(images_, same)) return;
  images_.push_back({column.number, 0, {*std::move(checked), {}}});
}

void ItemDraft::add_base64(const Column& column, std::string_view text, std::size_t max_image_bytes) {
  const std::string field = fit::format("images[{}]", images_.size());
  auto bytes = decode_base64(field, text, max_image_bytes);
  if (!bytes) {
    add_warning(field, bytes.error().message + "; left out", text);
    return;
  }
  images_.push_back({column.number, 0, {{}, *std::move(bytes)}});
}

void ItemDraft::add_colors(std::string_view cell) {
  const std::vector<std::string> colors = split_list(cell, "/,;|");
  if (!colors.empty()) set_listing_text(item_.listing, "primary_color", colors[0], warnings_);
  if (colors.size() > 1) set_listing_text(item_.listing, "secondary_color", colors[1], warnings_);
}

void ItemDraft::add_category(const Column& column, std::string_view cell) {
  std::string category = last_of_path(cell);
  if (!category.empty() && !is_number(category)) categories_.emplace_back(column.number, std::move(category));
}

// Reads only tags that name a gender: other tags, such as "black friday", often do not describe the garment.
void ItemDraft::add_tags(std::string_view cell) {
  constexpr std::array kGenders = std::to_array<std::string_view>(
      {"women",  "woman",  "womens", "women's", "female", "ladies", "men",   "man",
       "mens",   "men's",  "male",   "unisex",  "kids",   "girls",  "boys",  "damen",
       "herren", "kinder", "femme",  "homme",   "mujer",  "hombre", "donna", "uomo"});
  for (const std::string& tag : split_list(cell, ",;|")) {
    if (std::ranges::contains(kGenders, to_lower(tag)))
      set_listing_text(item_.listing, "gender", tag, warnings_);
  }
}

void ItemDraft::set_flag(Role role, std::string_view cell) {
  domain::Listing& listing = item_.listing;
  const auto flag = read_flag(cell);
  if (role == Role::kInStock) {
    const bool is_sold = flag ? !*flag : read_status(cell) == "sold";
    if (is_sold && listing.status == "active") listing.status = "sold";
  } else if (role == Role::kPublished) {
    if (flag && !*flag) listing.status = "hidden";
  } else if (flag && *flag) {
    listing.status = role == Role::kSold ? "sold" : role == Role::kReserved ? "reserved" : "hidden";
  }
}

void ItemDraft::set_status_or_state(std::string_view cell) {
  if (const auto status = read_status(cell)) {
    item_.listing.status = *status;
  } else {
    set_listing_text(item_.listing, "condition", cell, warnings_);
  }
}

ItemDraft::Option& ItemDraft::option(std::size_t number) {
  if (options_.size() <= number) options_.resize(number + 1);
  return options_[number];
}

void ItemDraft::add_option_values(Option& option, std::string_view cell) {
  for (std::string& value : split_list(cell, ",|")) {
    if (!std::ranges::contains(option.values, value) && option.values.size() < 100)
      option.values.push_back(std::move(value));
  }
}

void ItemDraft::join(ItemDraft other) {
  domain::Listing& listing = item_.listing;
  domain::Listing& others = other.item_.listing;
  for (const std::string_view field : {"title", "description", "brand", "currency", "size", "url"}) {
    if (catalog::find_text(listing, field)->empty()) {
      (void)catalog::set_text(listing, field, *catalog::find_text(others, field));
    }
  }
  for (std::size_t i = 0; i < listing.properties.size(); ++i) {
    if (listing.properties[i].empty()) listing.properties[i] = std::move(others.properties[i]);
  }
  if (description2_.empty()) description2_ = std::move(other.description2_);
  const auto lower = [](std::optional<double>& price, std::optional<double> another) {
    if (another && (!price || *another < *price)) price = another;
  };
  // The lower sale price of a variation is its price.
  if (other.sale_price_ && (!other.price_ || *other.sale_price_ < *other.price_))
    other.price_ = other.sale_price_;
  lower(price_, other.price_);
  if (price_currency_.empty()) price_currency_ = std::move(other.price_currency_);
  const std::string& text = other.place_.text;
  if (place_.text.size() + text.size() < kMaxRowText) place_.text += "\n" + text;
  for (Image& image : other.images_) {
    const auto same = [&](const Image& known) { return known.source.location == image.source.location; };
    if (image.source.location.empty() || std::ranges::none_of(images_, same)) {
      if (image.position == 0) image.position = other.image_position_;
      images_.push_back(std::move(image));
    }
  }
  for (std::size_t i = 0; i < other.options_.size(); ++i) {
    Option& mine = option(i);
    if (mine.name.empty()) mine.name = std::move(other.options_[i].name);
    for (std::string& value : other.options_[i].values) {
      if (!std::ranges::contains(mine.values, value) && mine.values.size() < 100)
        mine.values.push_back(std::move(value));
    }
  }
  std::ranges::move(other.categories_, std::back_inserter(categories_));
  std::ranges::move(other.warnings_, std::back_inserter(warnings_));
  place_.end_offset = std::max(place_.end_offset, other.place_.end_offset);
}

void ItemDraft::finish_price() {
  domain::Listing& listing = item_.listing;
  listing.price = price_;
  if (sale_price_ && *sale_price_ > 0 && (!price_ || *sale_price_ < *price_)) listing.price = sale_price_;
  if (listing.currency.empty()) listing.currency = price_currency_;
}

void ItemDraft::finish_options() {
  const auto is_one_of = [](std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names,
                               [&](std::string_view one) { return name == one || name.ends_with(one); });
  };
  for (const Option& one : options_) {
    if (one.values.empty()) continue;
    std::string_view name = one.name;
    if (name.starts_with("pa_")) name.remove_prefix(3);
    if (is_one_of(name, {"size", "sizes", "größe", "groesse", "taille", "talla", "taglia"})) {
      set_listing_text(item_.listing, "size", joined(one.values), warnings_);
    } else if (is_one_of(name, {"color", "colour", "colors", "colours", "farbe", "couleur", "colore"})) {
      // A product with several colours to choose from has no colour.
      if (one.values.size() == 1) add_colors(one.values[0]);
    } else if (is_one_of(name, {"material", "fabric"})) {
      set_listing_text(item_.listing, "material", one.values[0], warnings_);
    } else if (is_one_of(name, {"brand"})) {
      set_listing_text(item_.listing, "brand", one.values[0], warnings_);
    } else if (is_one_of(name, {"gender"})) {
      set_listing_text(item_.listing, "gender", one.values[0], warnings_);
    }
  }
}

void ItemDraft::finish_category() {
  std::ranges::stable_sort(categories_, {}, &std::pair<std::size_t, std::string>::first);
  if (!categories_.empty())
    set_listing_text(item_.listing, "category", categories_.front().second, warnings_);
}

void ItemDraft::finish_images(const SourceContext& context) {
  for (Image& image : images_) {
    if (image.position == 0 && image.rank == 0) image.position = image_position_;
  }
  constexpr std::size_t kThumbnail = 2;
  if (std::ranges::any_of(images_, [](const Image& image) { return image.rank < kThumbnail; })) {
    std::erase_if(images_, [](const Image& image) { return image.rank >= kThumbnail; });
  }
  std::ranges::stable_sort(images_, [](const Image& a, const Image& b) {
    return std::pair(a.rank, a.position) < std::pair(b.rank, b.position);
  });
  if (images_.size() > catalog::kMaxImagesPerItem) {
    add_warning("images", fit::format("are more than {}; the rest is left out", catalog::kMaxImagesPerItem),
                fit::format("{}", images_.size()));
    images_.resize(catalog::kMaxImagesPerItem);
  }
  for (Image& image : images_) {
    catalog::ImageSource& source = image.source;
    if (!source.location.empty() && !catalog::is_http_url(source.location)) {
      source.location = (context.folder / source.location).lexically_normal().string();
    }
    item_.images.push_back(std::move(source));
  }
}

ImportRow ItemDraft::finish(const SourceContext& context) && {
  domain::Listing& listing = item_.listing;
  if (listing.external_id.empty() && !sku_.empty()) set_id(sku_);
  if (listing.source.empty()) listing.source = context.source;
  if (listing.description.empty() && !description2_.empty()) {
    set_listing_text(listing, "description", description2_, warnings_);
  }
  finish_price();
  finish_options();
  finish_category();
  finish_images(context);
  ImportRow row;
  row.line = place_.line;
  row.end_offset = place_.end_offset;
  row.text = std::move(place_.text);
  row.external_id = listing.external_id;
  row.title = listing.title;
  row.warnings = std::move(warnings_);
  if (problem_) {
    row.item = *std::move(problem_);
  } else {
    row.item = std::move(item_);
  }
  return row;
}

}  // namespace fit::ingest
