#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/search_request.h"
#include "http/tenant_snapshot.h"
#include "http/trial_cursor.h"
#include "search/search_engine.h"
#include "search/team_draft.h"
#include "style/experiments/experiment_service.h"

namespace fit::http {

// A search that an experiment takes part in: it is asked as its person's variant says, or with both variants,
// and what is shown is noted. For one request; borrows its arguments.
class SearchTrial {
 public:
  // nullopt: the search is none of an experiment. It is one if an experiment runs, whose spaces are ready,
  // the request names a person within its share, is ordered by score, and states none of the weights that a
  // variant sets, and the caller sees all fields of items; and if it is a further page of such a search.
  // kInvalid naming "cursor" for a page that cannot go on.
  static Result<std::optional<SearchTrial>> begin(const Request& request, const TenantSnapshot& tenant,
                                                  const SearchRequest& wanted);

  // The results, with the cursor of the trial. nullopt: the variant failed where the search of everybody may
  // do better; only for a first page. The errors of search::SearchEngine::search(). Blocks.
  Result<std::optional<search::SearchResults>> search();

  // {"id", "variant"}, and the variants of interleaved results. Valid after search().
  Json json() const;

 private:
  SearchTrial(const Request& request, const TenantSnapshot& tenant, const SearchRequest& wanted,
              std::shared_ptr<const style::Experiment> experiment, TrialCursor cursor)
      : request_(&request),
        tenant_(&tenant),
        wanted_(&wanted),
        experiment_(std::move(experiment)),
        cursor_(std::move(cursor)) {}

  static Result<std::optional<SearchTrial>> begin_page(const Request& request, const TenantSnapshot& tenant,
                                                       const SearchRequest& wanted, TrialCursor cursor);

  bool is_first_page() const { return wanted_->query.cursor.empty(); }
  Result<search::SearchResults> search_variant();
  Result<search::SearchResults> search_both();
  Result<search::SearchResults> ranking(style::Variant variant, std::int64_t& taste_at);
  Result<std::vector<ItemId>> ids_in_both(const search::SearchResults& of_a,
                                          const search::SearchResults& of_b) const;
  void note(const std::vector<style::ShownItem>& shown) const;

  const Request* request_;
  const TenantSnapshot* tenant_;
  const SearchRequest* wanted_;
  std::shared_ptr<const style::Experiment> experiment_;
  TrialCursor cursor_;
  std::vector<search::Team> teams_;  // of interleaved results
};

// Asks variant B of a shadow experiment in the background, where one runs and the draw says so. `found` is
// what is shown, which took `took_ms`. Does not wait for the search.
void compare_in_shadow(const Request& request, const TenantSnapshot& tenant, const SearchRequest& wanted,
                       const search::SearchResults& found, double took_ms);

}  // namespace fit::http
