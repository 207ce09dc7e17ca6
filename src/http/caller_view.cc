#include "http/caller_view.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "domain/properties.h"
#include "search/result_views.h"
#include "search/search_engine.h"
#include "store/catalogue.h"
#include "text/edit_distance.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxShownName = 100;

// The member of results that shows a column.
std::string_view member_of(std::string_view column) {
  return domain::property_index(column) ? "properties" : column;
}

// What a query reads of the items: the members of results, each with the field of the request that reads it.
std::vector<std::pair<std::string_view, std::string>> members_read(const search::Query& query) {
  std::vector<std::pair<std::string_view, std::string>> read;
  const search::Filter& filter = query.filter;
  for (const auto* const sets : {&filter.any_of, &filter.none_of}) {
    for (const domain::ValueSet& set : *sets) {
      read.emplace_back(member_of(set.column), "filters." + set.column);
    }
  }
  if (filter.min_price || filter.max_price) read.emplace_back("price", "filters.price_range");
  if (!filter.price_in.empty()) {
    read.emplace_back("price", "filters.price_range");
    read.emplace_back("currency", "filters.price_range");
  }
  if (filter.listed_after) read.emplace_back("listed_at", "filters.listed_after");
  if (!filter.currencies.empty()) read.emplace_back("currency", "filters.currency");
  if (!filter.external_ids.empty()) read.emplace_back("external_id", "filters.external_id");
  for (const std::string& facet : query.facets) read.emplace_back(member_of(facet), "facets");
  if (query.sort)
    read.emplace_back(*query.sort == domain::SortOrder::kNewest ? "listed_at" : "price", "sort");
  return read;
}

bool may_review(const Principal& caller) {
  return caller.scopes.contains(accounts::Scope::kContentReview);
}

void leave_out_of(Json& item, const std::vector<std::string>& names) {
  for (const std::string& name : names) item.erase(name);
}

}  // namespace

Result<void> narrow(SearchRequest& request, const Principal& caller) {
  search::Query& query = request.query;
  if (caller.required) query.required = *caller.required;
  if (caller.max_limit != 0 && query.limit > caller.max_limit) {
    if (request.has_limit) {
      return Error{ErrorCode::kForbidden,
                   fit::format("is larger than {}, the largest that the token allows", caller.max_limit),
                   "limit",
                   {}};
    }
    query.limit = caller.max_limit;
  }
  if (caller.excluded_fields) {
    for (auto& [member, field] : members_read(query)) {
      if (!std::ranges::contains(*caller.excluded_fields, member)) continue;
      return Error{ErrorCode::kForbidden,
                   fit::format("reads {}, which the token excludes", member),
                   std::move(field),
                   {}};
    }
  }
  return {};
}

Result<void> narrow(SearchRequest& request, const TenantSnapshot& tenant, const Principal& caller) {
  FIT_CHECK(narrow(request, caller));
  if (may_review(caller)) return {};
  search::Query& query = request.query;
  const search::Filter hidden{.none_of = {{"status", {std::string(domain::kFlaggedStatus)}}}};
  FIT_TRY(const bool has_flagged, tenant.catalog.writer().database().reviews().has_flagged_items());
  if (has_flagged) {
    query.required = caller.required ? domain::both(*caller.required, hidden) : hidden;
  } else if (query.filter.has_condition_on("status")) {
    query.filter.none_of.push_back(hidden.none_of.front());
  }
  return {};
}

bool is_visible(const TenantSnapshot& tenant, const domain::Listing& listing, const Principal& caller) {
  if (listing.status == domain::kFlaggedStatus && !may_review(caller)) return false;
  return !caller.required || tenant.engine.may_show(listing, *caller.required);
}

Result<void> check_visible(const TenantSnapshot& tenant, ImageId image, const Principal& caller) {
  if (!caller.required && may_review(caller)) return {};
  store::Items& items = tenant.catalog.writer().database().items();
  FIT_TRY(const domain::ImageRecord record, items.image(image));
  const auto item = items.get(record.item);
  if (item && is_visible(tenant, item->listing, caller)) return {};
  if (!item && item.error().code != ErrorCode::kNotFound) return item.error();
  return not_found("there is no image " + image.str());
}

void leave_out_fields(Json& items, const Principal& caller) {
  if (!caller.excluded_fields) return;
  if (items.is_object()) {
    leave_out_of(items, *caller.excluded_fields);
  } else {
    for (Json& item : items) leave_out_of(item, *caller.excluded_fields);
  }
}

Result<void> check_excluded_fields(const std::vector<std::string>& names) {
  const auto known = search::ResultViews::field_names();
  for (const std::string& name : names) {
    if (name == "id") return invalid("exclude_fields", "cannot exclude id");
    if (std::ranges::contains(known, std::string_view(name))) continue;
    const auto nearest = text::nearest_name(name, known);
    return invalid("exclude_fields",
                   fit::format("\"{}\" is no field of results{}", name.substr(0, kMaxShownName),
                               nearest ? fit::format("; did you mean {}?", *nearest) : std::string()));
  }
  return {};
}

}  // namespace fit::http
