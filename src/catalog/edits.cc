#include "catalog/edits.h"

#include <algorithm>

#include "catalog/text_rules.h"
#include "domain/properties.h"

namespace fit::catalog {
namespace {

constexpr char kMark = '~';

void add_changed(std::vector<std::string>& fields, const Json& before, const Json& after) {
  const auto differs = [](const Json& one, const Json& other, const std::string& name) {
    const auto found = other.find(name);
    return found == other.end() || *found != one.at(name);
  };
  for (const auto& [name, value] : before.items()) {
    if (!value.is_object() && differs(before, after, name)) fields.push_back(name);
  }
  for (const auto& [name, value] : after.items()) {
    if (!value.is_object() && differs(after, before, name)) fields.push_back(name);
  }
}

void keep_property(ItemInput& input, const domain::ItemRecord& stored, std::size_t index) {
  const bool is_sellers = stored.origins[index].origin == domain::Origin::kSeller;
  input.listing.properties[index] = is_sellers ? stored.listing.properties[index] : std::string();
}

}  // namespace

std::optional<Edits> find_edits(std::string_view content_hash) {
  const std::size_t first = content_hash.find(kMark);
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = content_hash.find(kMark, first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  Edits edits;
  edits.imported = content_hash.substr(first + 1, second - first - 1);
  std::string_view names = content_hash.substr(second + 1);
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(','), names.size());
    edits.fields.emplace_back(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return edits;
}

std::string with_edits(std::string hash, const Edits& edits) {
  if (edits.fields.empty()) return hash;
  hash += kMark + edits.imported + kMark;
  for (std::size_t i = 0; i < edits.fields.size(); ++i) hash += (i == 0 ? "" : ",") + edits.fields[i];
  return hash;
}

std::string outdated(std::string_view hash, std::string_view why) {
  const std::string suffix = "-" + std::string(why);
  std::string own = std::string(hash.substr(0, hash.find(kMark))) + suffix;
  auto edits = find_edits(hash);
  if (!edits) return own;
  edits->imported += suffix;
  return with_edits(std::move(own), *edits);
}

Edits edits_after_patch(std::string_view content_hash, const Json& before, const Json& after,
                        bool has_images) {
  Edits edits = find_edits(content_hash).value_or(Edits{std::string(content_hash), {}});
  add_changed(edits.fields, before, after);
  const Json none = Json::object();
  const auto properties = [&](const Json& fields) {
    const auto found = fields.find("properties");
    return found == fields.end() || !found->is_object() ? none : *found;
  };
  add_changed(edits.fields, properties(before), properties(after));
  if (has_images) edits.fields.emplace_back("images");
  std::ranges::sort(edits.fields);
  const auto repeated = std::ranges::unique(edits.fields);
  edits.fields.erase(repeated.begin(), repeated.end());
  return edits;
}

void keep_edited_fields(ItemInput& input, const domain::ItemRecord& stored) {
  for (const std::string& field : input.edits.fields) {
    domain::Listing& listing = input.listing;
    if (field == "images") {
      input.images.clear();
    } else if (field == "price") {
      listing.price = stored.listing.price;
    } else if (field == "listed_at") {
      listing.listed_at = stored.listing.listed_at;
    } else if (field == "status") {
      listing.status = stored.sellers_status();
    } else if (const auto property = domain::property_index(field)) {
      keep_property(input, stored, *property);
    } else if (std::string* const text = find_text(listing, field)) {
      *text = *find_text(stored.listing, field);
    }
  }
}

}  // namespace fit::catalog
