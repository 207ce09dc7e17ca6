#include "http/federated_search.h"

#include <algorithm>
#include <utility>

#include "base/byte_stream.h"
#include "base/files.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "http/caller_view.h"
#include "http/tenant_choice.h"
#include "search/query_fields.h"
#include "search/shared_photo.h"
#include "search/summed_facets.h"

namespace fit::http {
namespace {

using search::FederatedCursor;
using search::TenantPage;
using search::TenantPosition;

constexpr std::uint64_t kFingerprintSeed = 0x66697436;  // change it with the format

// Identifies the order of the merged results.
std::uint64_t fingerprint_of(const SearchRequest& wanted) {
  std::vector<std::string> names = wanted.tenants;
  std::ranges::sort(names);
  ByteWriter key;
  key.put(search::fingerprint(wanted.query));
  for (const std::string& name : names) key.put_text(name);
  key.put_text(wanted.item_tenant);
  return xxh3(key.bytes(), kFingerprintSeed);
}

Result<FederatedCursor> read_cursor(const SearchRequest& wanted) {
  const std::uint64_t query = fingerprint_of(wanted);
  if (wanted.query.cursor.empty()) return FederatedCursor{.query = query};
  FIT_TRY(FederatedCursor cursor, search::decode_federated_cursor(wanted.query.cursor));
  if (cursor.query != query) return invalid("cursor", "belongs to another query; repeat the query unchanged");
  return cursor;
}

const TenantPosition* position_in(const FederatedCursor& cursor, const std::string& tenant) {
  const auto found = std::ranges::find(cursor.positions, tenant, &TenantPosition::tenant);
  return found == cursor.positions.end() ? nullptr : &*found;
}

// Asks one tenant for its part of the page.
Result<TenantPage> search_in(const SearchRequest& wanted, const FederatedCursor& cursor,
                             const Principal& caller, const TenantSnapshot& tenant,
                             const std::stop_token& stop) {
  SearchRequest own = wanted;
  search::Query& query = own.query;
  query.stop = stop;
  const TenantPosition* const position = position_in(cursor, caller.tenant);
  query.cursor = position == nullptr ? "" : search::encode_cursor(position->cursor);
  if (caller.tenant == wanted.item_tenant) {
    query.image.clear();  // the item itself is the example, and no result
    query.shared_photo.reset();
  } else {
    query.item_id.reset();
  }
  FIT_CHECK(narrow(own, tenant, caller));
  TenantPage page{.tenant = caller.tenant, .results = {}, .position = {}};
  FIT_TRY(page.position, tenant.engine.position(query));
  FIT_TRY(page.results, tenant.engine.search(query));
  return page;
}

// The bytes of the item's first photo. kNotFound for an item that does not exist for the caller.
Result<Bytes> photo_of(const TenantSnapshot& tenant, ItemId id, const Principal& caller,
                       std::size_t max_bytes) {
  FIT_TRY(const domain::ItemRecord item, tenant.catalog.get(id));
  if (!is_visible(tenant, item.listing, caller)) return store::no_such_item(id);
  if (item.images.empty())
    return invalid("item_id", "has no photo that other tenants could be searched with");
  auto file = tenant.catalog.original(item.images.front().id);
  if (!file && file.error().code == ErrorCode::kNotFound) {
    return invalid("item_id",
                   "has a photo that is not stored here; send its URL as image_url to search other tenants");
  }
  if (!file) return file.error();
  if (file->path.empty()) return std::move(file->content);
  return read_file(file->path, max_bytes);
}

// Why a tenant did not answer, for clients.
std::string reason_of(const Error& error) {
  return error.field.empty() ? error.message : error.field + ": " + error.message;
}

std::string spaces_of(const std::vector<TenantPage>& pages) {
  std::vector<std::string> names;
  for (const TenantPage& page : pages) {
    if (!std::ranges::contains(names, page.results.space)) names.push_back(page.results.space);
  }
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

// What a tenant says about the query: how it read the words, for example.
Json about(const search::ResultViews& views, const TenantPage& page) {
  search::SearchResults without = page.results;
  without.hits.clear();
  without.facets.clear();
  without.next_cursor.clear();
  without.sorted.reset();
  Json said = views.search_results(without, page.took_ms);
  said.erase("results");
  said["tenant"] = page.tenant;
  return said;
}

std::string_view name_of(search::MergeOrder order) {
  switch (order) {
    case search::MergeOrder::kSimilarity:
      return "similarity";
    case search::MergeOrder::kRelevance:
      return "relevance";
    case search::MergeOrder::kRank:
      return "rank";
    case search::MergeOrder::kValue:
      return "sort";
  }
  return "rank";
}

// The positions of `before` with those of `merged` in their place.
FederatedCursor cursor_after(FederatedCursor before, const search::MergedResults& merged) {
  before.order = merged.order;
  for (const TenantPosition& one : merged.positions) {
    std::erase_if(before.positions, [&](const TenantPosition& old) { return old.tenant == one.tenant; });
    before.positions.push_back(one);
  }
  std::ranges::sort(before.positions, {}, &TenantPosition::tenant);
  return before;
}

}  // namespace

FederatedSearch::FederatedSearch(Parts parts, const Federation::Options& options)
    : parts_(std::move(parts)), federation_(parts_.snapshot_of, options, parts_.log) {}

// Reads the photo of the example, if a tenant other than its own is asked.
Result<void> FederatedSearch::read_example(SearchRequest& wanted, const std::vector<Principal>& callers,
                                           const Principal& caller) const {
  if (!wanted.query.item_id) return {};
  auto owner = in_named_tenants(caller, {wanted.item_tenant}, parts_.tenant_names);
  if (!owner) {
    owner.error().field = "item_tenant";
    return owner.error();
  }
  const auto is_other = [&](const Principal& one) { return one.tenant != wanted.item_tenant; };
  if (std::ranges::none_of(callers, is_other)) return {};
  FIT_TRY(const TenantSnapshot tenant, parts_.snapshot_of(owner->front()));
  FIT_TRY(wanted.query.image,
          photo_of(tenant, *wanted.query.item_id, owner->front(), parts_.max_image_bytes));
  wanted.query.image_field = "item_id";
  return {};
}

Json FederatedSearch::body_of(const SearchRequest& wanted, const FederatedCursor& before,
                              const std::vector<TenantAnswer>& answers, const Stopwatch& watch) const {
  std::vector<TenantPage> pages;
  Json partial = Json::array();
  for (const TenantAnswer& one : answers) {
    if (one.page) {
      pages.push_back(*one.page);
    } else {
      partial.push_back({{"tenant", one.tenant}, {"reason", reason_of(one.page.error())}});
    }
  }
  search::MergeOptions options{.limit = wanted.query.limit, .sort = wanted.query.sort};
  if (!wanted.query.cursor.empty()) options.order = before.order;
  const search::MergedResults merged = search::merge_results(pages, options);

  search::SearchResults whole;
  whole.space = spaces_of(pages);
  if (!pages.empty()) whole.searched_box = pages.front().results.searched_box;
  whole.facets = search::sum_facets(pages);
  if (!pages.empty())
    whole.price_unit = pages.front().results.price_unit;  // of the query: that of all tenants
  for (const TenantPage& page : pages) {
    if (!page.results.sorted) continue;
    search::SortedExtent& sum = whole.sorted ? *whole.sorted : whole.sorted.emplace();
    sum.count += page.results.sorted->count;
    sum.is_complete = sum.is_complete && page.results.sorted->is_complete;
  }
  if (merged.has_more) whole.next_cursor = search::encode_cursor(cursor_after(before, merged));
  Json body = parts_.views.search_results(whole, watch.milliseconds());
  for (const auto& [page, hit] : merged.hits) {
    const TenantPage& source = pages[page];
    Json result = parts_.views.of_tenant(source.tenant).result(source.results.hits[hit]);
    result["tenant"] = source.tenant;
    body["results"].push_back(std::move(result));
  }
  body["merged_by"] = name_of(merged.order);
  body["tenants"] = Json::array();
  for (const TenantPage& page : pages) body["tenants"].push_back(about(parts_.views, page));
  if (!partial.empty()) body["partial"] = std::move(partial);
  return body;
}

Result<Response> FederatedSearch::answer(const Request& request, const std::shared_ptr<SearchRequest>& wanted,
                                         const Stopwatch& watch) {
  FIT_TRY(auto callers, in_named_tenants(request.principal, wanted->tenants, parts_.tenant_names));
  FIT_TRY(const FederatedCursor cursor, read_cursor(*wanted));
  FIT_CHECK(search::check_query(wanted->query));
  FIT_CHECK(read_example(*wanted, callers, request.principal));
  if (!wanted->query.image.empty()) wanted->query.shared_photo = std::make_shared<search::SharedPhoto>();
  std::erase_if(callers, [&](const Principal& one) {
    const TenantPosition* const position = position_in(cursor, one.tenant);
    return position != nullptr && position->is_done;
  });
  const auto ask = [wanted, cursor](const Principal& caller, const TenantSnapshot& tenant,
                                    const std::stop_token& stop) {
    return search_in(*wanted, cursor, caller, tenant, stop);
  };
  FIT_TRY(const auto answers, federation_.ask(std::move(callers), ask, request.stop));
  if (!answers.empty() &&
      std::ranges::none_of(answers, [](const TenantAnswer& one) { return one.page.has_value(); })) {
    return answers.front().page.error();
  }
  Json body = body_of(*wanted, cursor, answers, watch);
  leave_out_fields(body["results"], request.principal);
  return json_response(body);
}

}  // namespace fit::http
