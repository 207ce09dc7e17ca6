#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stopwatch.h"
#include "http/federation.h"
#include "http/message.h"
#include "http/search_request.h"
#include "search/result_views.h"

namespace fit::http {

// Answers searches of several tenants (SearchRequest::tenants). Thread-safe; calls block.
class FederatedSearch {
 public:
  struct Parts {
    SnapshotSource snapshot_of;
    std::function<Result<std::vector<std::string>>()> tenant_names;  // of all tenants
    search::ResultViews views;
    std::size_t max_image_bytes = 0;  // of an item's photo
    Log log;
  };
  FederatedSearch(Parts parts, const Federation::Options& options);

  // The response. `wanted` has been narrowed to what the caller may ask for, and its image fetched. The
  // tenants that did not answer are named in "partial". Errors: those of in_named_tenants(), of
  // search::check_query() and of Federation::ask(); kInvalid naming "cursor"; kNotFound for an item_id or an
  // item_tenant that the caller may not see; the error of the first tenant by name when none has answered.
  Result<Response> answer(const Request& request, const std::shared_ptr<SearchRequest>& wanted,
                          const Stopwatch& watch);

 private:
  Result<void> read_example(SearchRequest& wanted, const std::vector<Principal>& callers,
                            const Principal& caller) const;
  Json body_of(const SearchRequest& wanted, const search::FederatedCursor& before,
               const std::vector<TenantAnswer>& answers, const Stopwatch& watch) const;

  const Parts parts_;
  Federation federation_;
};

}  // namespace fit::http
