#include "ingest/pages/recipe.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "base/toml.h"
#include "catalog/text_rules.h"
#include "ingest/pages/builtin_recipes.h"
#include "ingest/pages/css_selector.h"
#include "ingest/pages/html_tree.h"
#include "ingest/pages/joined_product.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxRecipe = 256u << 10;
constexpr std::size_t kMaxRecipeImages = 50;

struct RecipeField {
  std::string_view name;
  PageField field;
};
constexpr std::array kRecipeFields = std::to_array<RecipeField>({{"title", PageField::kTitle},
                                                                 {"description", PageField::kDescription},
                                                                 {"brand", PageField::kBrand},
                                                                 {"price", PageField::kPrice},
                                                                 {"currency", PageField::kCurrency},
                                                                 {"status", PageField::kStatus},
                                                                 {"sku", PageField::kSku},
                                                                 {"gtin", PageField::kGtin},
                                                                 {"size", PageField::kSize},
                                                                 {"color", PageField::kColor},
                                                                 {"material", PageField::kMaterial},
                                                                 {"category", PageField::kCategory},
                                                                 {"condition", PageField::kCondition},
                                                                 {"gender", PageField::kGender},
                                                                 {"listed_at", PageField::kListedAt}});
// Fields that are no text of a product.
constexpr std::array kOtherFields = std::to_array<std::string_view>({"images", "sold", "reserved"});

// The selectors of one field; the first that finds something counts.
using Selectors = std::vector<XPath>;

// A selector of CSS, or of XPath if it begins with "/", "./", "(" or "xpath:".
Result<XPath> read_selector(const std::string& field, std::string_view text) {
  const std::string_view selector = trim(text);
  if (selector.starts_with("xpath:")) return XPath::make(field, trim(selector.substr(6)));
  if (selector.starts_with('/') || selector.starts_with("./") || selector.starts_with('('))
    return XPath::make(field, selector);
  FIT_TRY(const std::string xpath, css_to_xpath(field, selector));
  return XPath::make(field, xpath);
}

Result<Selectors> read_selectors(const std::string& field, const Json& value) {
  Selectors selectors;
  if (value.is_string()) {
    FIT_TRY(auto one, read_selector(field, value.get_ref<const std::string&>()));
    selectors.push_back(std::move(one));
    return selectors;
  }
  if (!value.is_array() || value.empty() || value.size() > 20)
    return invalid(field, "must be a selector or a list of 1 to 20 selectors");
  for (const Json& text : value) {
    if (!text.is_string()) return invalid(field, "must be a selector or a list of selectors");
    FIT_TRY(auto one, read_selector(field, text.get_ref<const std::string&>()));
    selectors.push_back(std::move(one));
  }
  return selectors;
}

std::vector<std::string> select(const Selectors& selectors, const WebPage& page, std::size_t limit) {
  for (const XPath& one : selectors) {
    auto values = one.values(page.tree(), page.tree().root(), limit);
    if (!values.empty()) return values;
  }
  return {};
}

// The address with the query parameter set to a number.
std::string with_parameter(std::string_view url, const std::string& name, int number) {
  const std::size_t question = url.find('?');
  std::string result(url.substr(0, question));
  std::string_view query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
  char separator = '?';
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view one = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (one.substr(0, one.find('=')) == name) continue;
    result.append(1, separator).append(one);
    separator = '&';
  }
  return result + separator + name + "=" + fit::format("{}", number);
}

}  // namespace

struct Recipe::Parts {
  std::string name;
  std::vector<std::string> hosts;
  std::vector<std::string> start_pages;
  std::vector<LinkPattern> listing_links;
  bool reads_markup = true;
  int max_list_pages = 20;
  std::optional<XPath> next;
  std::string page_parameter;
  std::vector<std::pair<std::string_view, Selectors>> fields;

  const Selectors* find(std::string_view field) const {
    const auto found = std::ranges::find(fields, field, &std::pair<std::string_view, Selectors>::first);
    return found == fields.end() ? nullptr : &found->second;
  }
  bool shows(std::string_view field, const WebPage& page) const {
    const Selectors* const selectors = find(field);
    return selectors != nullptr && !select(*selectors, page, 1).empty();
  }

  Result<void> read_fields(JsonReader& reader) {
    const auto read = [&](std::string_view field) -> Result<void> {
      const Json* const value = reader.find(std::string(field));
      if (value == nullptr) return {};
      FIT_TRY(auto selectors, read_selectors(reader.path(std::string(field)), *value));
      fields.emplace_back(field, std::move(selectors));
      return {};
    };
    for (const RecipeField& one : kRecipeFields) FIT_CHECK(read(one.name));
    for (const std::string_view one : kOtherFields) FIT_CHECK(read(one));
    return reader.finish();
  }

  Result<void> read_paging(JsonReader& reader) {
    if (const Json* const selector = reader.find("next")) {
      if (!selector->is_string()) return invalid(reader.path("next"), "must be a selector");
      FIT_TRY(next, read_selector(reader.path("next"), selector->get_ref<const std::string&>()));
    }
    if (const Json* const parameter = reader.find("parameter")) {
      if (!parameter->is_string()) return invalid(reader.path("parameter"), "must be a text");
      page_parameter = parameter->get<std::string>();
    }
    const auto most = reader.optional_count("max_pages").value_or(20);
    if (most < 1 || most > 1000) return invalid(reader.path("max_pages"), "must be between 1 and 1000");
    max_list_pages = static_cast<int>(most);
    return reader.finish();
  }

  Result<void> read(JsonReader& reader) {
    name = reader.text("name");
    for (const std::string& host : reader.optional_texts("hosts")) {
      const std::string lower = to_lower(host);
      hosts.push_back(lower.starts_with("www.") ? lower.substr(4) : lower);
    }
    start_pages = reader.optional_texts("start_pages");
    for (const std::string& url : start_pages) {
      if (!catalog::is_http_url(url)) return invalid("start_pages", "must be http or https addresses");
    }
    for (const std::string& pattern : reader.texts("listing_links", 50)) {
      FIT_TRY(auto link, LinkPattern::make("listing_links", pattern));
      listing_links.push_back(std::move(link));
    }
    if (const Json* const markup = reader.find("markup")) {
      if (!markup->is_boolean()) return invalid("markup", "must be true or false");
      reads_markup = markup->get<bool>();
    }
    if (auto paging = reader.optional_object("paging")) FIT_CHECK(read_paging(*paging));
    if (auto part = reader.optional_object("fields")) FIT_CHECK(read_fields(*part));
    FIT_CHECK(reader.finish());
    if (fields.empty() && !reads_markup)
      return invalid("fields", "must name a field, or markup must be true");
    return {};
  }

  PageProduct product(const WebPage& page) const {
    PageProduct product(ValueOrigin::kRecipe);
    for (const RecipeField& one : kRecipeFields) {
      const Selectors* const selectors = find(one.name);
      if (selectors == nullptr) continue;
      auto values = select(*selectors, page, 1);
      if (!values.empty()) product[one.field] = std::move(values.front());
    }
    if (const Selectors* const images = find("images")) {
      for (const std::string& value : select(*images, page, kMaxRecipeImages)) {
        std::string url = absolute_url(page.url(), value);
        if (!url.empty() && !std::ranges::contains(product.images, url))
          product.images.push_back(std::move(url));
      }
    }
    if (shows("reserved", page)) product[PageField::kStatus] = "reserved";
    if (shows("sold", page)) product[PageField::kStatus] = "sold";
    return product;
  }
};

Recipe::Recipe(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Recipe::Recipe(Recipe&& other) noexcept = default;
Recipe& Recipe::operator=(Recipe&& other) noexcept = default;
Recipe::~Recipe() = default;

Result<Recipe> Recipe::parse(std::string_view toml) {
  if (toml.size() > kMaxRecipe) return invalid("recipe", "is larger than 256 KiB");
  FIT_TRY(const Json json, parse_toml("recipe", toml));
  auto parts = std::make_unique<Parts>();
  JsonReader reader(json);
  FIT_CHECK(parts->read(reader));
  return Recipe(std::move(parts));
}

Result<Recipe> Recipe::builtin(std::string_view name) {
  const auto recipes = builtin_recipes();
  const auto found = std::ranges::find(recipes, name, &BuiltinRecipe::name);
  if (found == recipes.end()) return not_found("there is no recipe of this name");
  return parse(found->toml);
}

std::vector<std::string> Recipe::builtin_names() {
  std::vector<std::string> names;
  for (const BuiltinRecipe& one : builtin_recipes()) names.emplace_back(one.name);
  return names;
}

const std::string& Recipe::name() const {
  return parts_->name;
}

const std::vector<std::string>& Recipe::hosts() const {
  return parts_->hosts;
}

const std::vector<std::string>& Recipe::start_pages() const {
  return parts_->start_pages;
}

int Recipe::max_list_pages() const {
  return parts_->max_list_pages;
}

bool Recipe::is_listing_url(std::string_view url) const {
  return matches_any(parts_->listing_links, url);
}

std::vector<std::string> Recipe::listing_links(const WebPage& list_page) const {
  std::vector<std::string> links = page_links(list_page);
  std::erase_if(links, [&](const std::string& url) { return !is_listing_url(url); });
  return links;
}

std::string Recipe::next_list_page(const WebPage& list_page, int page_number) const {
  if (page_number >= parts_->max_list_pages) return {};
  if (parts_->next) {
    const auto found = parts_->next->values(list_page.tree(), list_page.tree().root(), 1);
    const std::string url = found.empty() ? std::string() : absolute_url(list_page.url(), found.front());
    return url_host(url) == url_host(list_page.url()) ? clean_url(url) : std::string();
  }
  if (parts_->page_parameter.empty()) return next_page(list_page);
  if (listing_links(list_page).empty()) return {};
  return with_parameter(clean_url(list_page.url()), parts_->page_parameter, page_number + 1);
}

ListingPage Recipe::read(const WebPage& listing_page) const {
  const PageProduct product = parts_->product(listing_page);
  if (parts_->reads_markup) return read_listings(listing_page, {product});
  ListingPage page;
  if (!product[PageField::kTitle].empty())
    page.listings.push_back(join_parts({product}, page_subject(listing_page)));
  return page;
}

}  // namespace fit::ingest
