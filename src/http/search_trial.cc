#include "http/search_trial.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/secure_random.h"
#include "http/request_person.h"
#include "http/search_taste.h"
#include "search/query_fields.h"
#include "style/experiments/assignment.h"
#include "style/experiments/rank_overlap.h"

namespace fit::http {
namespace {

using style::Experiment;
using style::ExperimentMode;
using style::Variant;

// A random number above 0.
std::int64_t draw_key() {
  return static_cast<std::int64_t>(secure_random_number() >> 1U) | 1;
}

// Whether a search is one that experiments are about, whoever asks. A client's vector is of one space, and
// variants may search several.
bool is_comparable(const Request& request, const SearchRequest& wanted, const Experiment& experiment) {
  const search::Query& query = wanted.query;
  const auto& hidden = request.principal.excluded_fields;
  const bool sees_all = hidden == nullptr || hidden->empty();
  return query.paged && query.cursor.empty() && !query.has_client_vector() && !query.sort && sees_all &&
         !style::sets_weight(experiment, wanted.given_weights);
}

// Whether the spaces of both variants are ready, and understand the words of the query alike.
bool are_ready(const style::ExperimentService& experiments, const Experiment& experiment,
               const search::Query& query) {
  const auto a = experiments.engine_of(experiment.fields.a);
  const auto b = experiments.engine_of(experiment.fields.b);
  return a && b && (query.text.empty() || a->has_text == b->has_text);
}

// Errors that say nothing of the query.
bool is_of_the_variant(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kInternal ||
         error.code == ErrorCode::kBadGateway || error.code == ErrorCode::kDamaged;
}

std::vector<ItemId> shown_ids(const search::SearchResults& found) {
  std::vector<ItemId> ids;
  for (const search::Hit& hit : found.hits) ids.push_back(hit.item.id);
  return ids;
}

Error cursor_of_the_past(std::string_view reason) {
  return invalid("cursor", std::string(reason) + "; request the first page again");
}

}  // namespace

Result<std::optional<SearchTrial>> SearchTrial::begin(const Request& request, const TenantSnapshot& tenant,
                                                      const SearchRequest& wanted) {
  if (tenant.experiments == nullptr) return std::nullopt;
  FIT_TRY(auto page, find_trial_cursor(wanted.query.cursor));
  if (page) return begin_page(request, tenant, wanted, *std::move(page));
  auto experiment = tenant.experiments->running();
  if (experiment == nullptr || experiment->fields.mode == ExperimentMode::kShadow ||
      !is_comparable(request, wanted, *experiment)) {
    return std::nullopt;
  }
  const auto person = find_person(request);
  if (!person || !*person) return std::nullopt;
  const auto variant = style::variant_of(experiment->id, experiment->fields.share, **person);
  if (!variant || !are_ready(*tenant.experiments, *experiment, wanted.query)) return std::nullopt;
  TrialCursor first{.experiment = experiment->id, .key = draw_key(), .variant = *variant};
  if (experiment->fields.mode == ExperimentMode::kInterleaving) {
    first.place = TrialPlace{.query = search::fingerprint(wanted.query)};
  }
  return SearchTrial(request, tenant, wanted, std::move(experiment), std::move(first));
}

Result<std::optional<SearchTrial>> SearchTrial::begin_page(const Request& request,
                                                           const TenantSnapshot& tenant,
                                                           const SearchRequest& wanted, TrialCursor cursor) {
  auto experiment = tenant.experiments->running();
  if (experiment == nullptr || experiment->id != cursor.experiment) {
    auto stored = tenant.experiments->store().get(cursor.experiment);
    if (!stored && stored.error().code == ErrorCode::kNotFound) {
      return cursor_of_the_past("belongs to an experiment that was removed");
    }
    if (!stored) return stored.error();
    experiment = std::make_shared<const Experiment>(*std::move(stored));
  }
  const bool is_interleaved = experiment->fields.mode == ExperimentMode::kInterleaving;
  // A draft, and variant B of a shadow, have never been shown.
  const bool was_shown = experiment->state != style::ExperimentState::kDraft &&
                         experiment->fields.mode != ExperimentMode::kShadow;
  if (!was_shown || is_interleaved != cursor.place.has_value()) {
    return cursor_of_the_past("belongs to another experiment");
  }
  if (cursor.place && cursor.place->query != search::fingerprint(wanted.query)) {
    return invalid("cursor", "belongs to another query; repeat the query unchanged");
  }
  const bool is_searched =
      is_interleaved ? are_ready(*tenant.experiments, *experiment, wanted.query)
                     : tenant.experiments->engine_of(experiment->overrides(cursor.variant)).has_value();
  if (!wanted.query.paged || !is_searched) {
    return cursor_of_the_past("belongs to an experiment whose models are not searched any more");
  }
  return SearchTrial(request, tenant, wanted, std::move(experiment), std::move(cursor));
}

Result<std::optional<search::SearchResults>> SearchTrial::search() {
  auto found = cursor_.place ? search_both() : search_variant();
  if (!found && is_first_page() && is_of_the_variant(found.error())) return std::nullopt;
  if (!found) return found.error();
  return *std::move(found);
}

Result<search::SearchResults> SearchTrial::search_variant() {
  search::Query query = wanted_->query;
  const style::VariantOverrides& overrides = experiment_->overrides(cursor_.variant);
  style::override_weights(overrides, query.weights);
  query.cursor = cursor_.rest;
  const auto engine = tenant_->experiments->engine_of(overrides);
  if (!engine) return Error{ErrorCode::kUnavailable, "the space is being opened; try again soon", {}, {}};
  FIT_CHECK(personalise(*request_, *tenant_, *engine->engine, query));
  FIT_TRY(search::SearchResults found, engine->engine->search(query));
  std::vector<style::ShownItem> shown;
  const auto team = cursor_.variant == Variant::kA ? search::Team::kA : search::Team::kB;
  for (const ItemId item : shown_ids(found)) shown.push_back({.item = item, .team = team});
  note(shown);
  if (!found.next_cursor.empty()) {
    TrialCursor next = cursor_;
    next.rest = std::move(found.next_cursor);
    found.next_cursor = encode_trial_cursor(next);
  }
  return found;
}

// The results of a variant that are merged with the other's, as of the moment of the first page.
Result<search::SearchResults> SearchTrial::ranking(Variant variant, std::int64_t& taste_at) {
  search::Query query = wanted_->query;
  const style::VariantOverrides& overrides = experiment_->overrides(variant);
  style::override_weights(overrides, query.weights);
  query.cursor.clear();
  query.limit = search::kMaxLimit;
  if (variant == Variant::kB) query.facets.clear();
  const auto engine = tenant_->experiments->engine_of(overrides);
  if (!engine) return Error{ErrorCode::kUnavailable, "the space is being opened; try again soon", {}, {}};
  const bool has_taste =
      query.weights.taste > 0 && tenant_->tastes != nullptr && (is_first_page() || taste_at != 0);
  if (has_taste) {
    std::optional<Timestamp> at;
    if (taste_at != 0) at = Timestamp(std::chrono::microseconds(taste_at));
    FIT_TRY(query.personal, find_taste(*request_, *tenant_, *engine->engine, at));
    if (query.personal != nullptr) {
      taste_at = query.personal->learned_at();
    } else if (!is_first_page()) {
      return cursor_of_the_past("belongs to another taste");
    }
  }
  return engine->engine->search(query);
}

// The items of variant B's results, by which they are merged with those of A. Where duplicates are collapsed,
// an item of B that shows the image of one of A counts as that one, so that either variant may place it, and
// the merged list has it once.
Result<std::vector<ItemId>> SearchTrial::ids_in_both(const search::SearchResults& of_a,
                                                     const search::SearchResults& of_b) const {
  if (!wanted_->query.collapse_duplicates) return shown_ids(of_b);
  const auto engine = tenant_->experiments->engine_of(experiment_->overrides(Variant::kA));
  if (!engine) return Error{ErrorCode::kUnavailable, "the space is being opened; try again soon", {}, {}};
  return engine->engine->match_copies(of_a.hits, of_b.hits);
}

// Merges the best results of both variants. All pages are parts of one list.
Result<search::SearchResults> SearchTrial::search_both() {
  TrialPlace place = *cursor_.place;
  FIT_TRY(search::SearchResults of_a, ranking(Variant::kA, place.taste_at));
  FIT_TRY(search::SearchResults of_b, ranking(Variant::kB, place.taste_at));
  FIT_TRY(const std::vector<ItemId> ids_of_b, ids_in_both(of_a, of_b));
  const search::Interleaved merged = search::interleave(shown_ids(of_a), ids_of_b, 2 * search::kMaxLimit,
                                                        static_cast<std::uint64_t>(cursor_.key));
  std::unordered_map<ItemId, search::Hit*> hits_of_a;
  std::unordered_map<ItemId, search::Hit*> hits_of_b;
  for (search::Hit& hit : of_a.hits) hits_of_a.emplace(hit.item.id, &hit);
  for (std::size_t i = 0; i < ids_of_b.size(); ++i) hits_of_b.emplace(ids_of_b[i], &of_b.hits[i]);
  const std::size_t begin = std::min<std::size_t>(place.returned, merged.items.size());
  const std::size_t end = std::min(begin + wanted_->query.limit, merged.items.size());
  std::vector<search::Hit> page;
  std::vector<style::ShownItem> shown;
  teams_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    const ItemId item = merged.items[i];
    const search::Team team = merged.teams[i];
    const auto& first = team == search::Team::kB ? hits_of_b : hits_of_a;
    const auto hit = first.find(item);
    page.push_back(std::move(hit != first.end() ? *hit->second : *hits_of_b.at(item)));
    shown.push_back({.item = page.back().item.id, .team = team});
    teams_.push_back(team);
  }
  note(shown);
  of_a.hits = std::move(page);
  of_a.embed_ms += of_b.embed_ms;
  of_a.search_ms += of_b.search_ms;
  of_a.is_cached = of_a.is_cached && of_b.is_cached;
  if (!of_a.hits.empty()) of_a.reason.clear();
  of_a.next_cursor.clear();
  if (end < merged.items.size()) {
    TrialCursor next = cursor_;
    place.returned = static_cast<std::uint32_t>(end);
    next.place = place;
    of_a.next_cursor = encode_trial_cursor(next);
  }
  return of_a;
}

void SearchTrial::note(const std::vector<style::ShownItem>& shown) const {
  const auto person = find_person(*request_);
  if (!person || !*person || experiment_->state != style::ExperimentState::kRunning) return;
  tenant_->experiments->note(
      {.kind = is_first_page() ? style::ExperimentNote::Kind::kSearch : style::ExperimentNote::Kind::kPage,
       .experiment = experiment_->id,
       .person = **person,
       .at = now(),
       .search_key = cursor_.key,
       .shown = shown,
       .is_interleaved = cursor_.place.has_value(),
       .variant = cursor_.variant});
}

Json SearchTrial::json() const {
  Json json{{"id", experiment_->id.str()}};
  if (!cursor_.place) {
    json["variant"] = cursor_.variant == Variant::kA ? "a" : "b";
    return json;
  }
  json["variant"] = "ab";
  json["results"] = Json::array();
  for (const search::Team team : teams_) {
    Json name = nullptr;
    if (team != search::Team::kNone) name = team == search::Team::kA ? "a" : "b";
    json["results"].push_back(std::move(name));
  }
  return json;
}

void compare_in_shadow(const Request& request, const TenantSnapshot& tenant, const SearchRequest& wanted,
                       const search::SearchResults& found, double took_ms) {
  if (tenant.experiments == nullptr) return;
  const auto experiment = tenant.experiments->running();
  if (experiment == nullptr || experiment->fields.mode != ExperimentMode::kShadow ||
      !is_comparable(request, wanted, *experiment) || secure_random_share() >= experiment->fields.share ||
      !are_ready(*tenant.experiments, *experiment, wanted.query)) {
    return;
  }
  style::ShadowSearch search{.experiment = experiment,
                             .query = wanted.query,
                             .shown = shown_ids(found),
                             .a_ms = took_ms,
                             .is_timed = !found.is_cached};
  style::override_weights(experiment->fields.b, search.query.weights);
  search.query.facets.clear();
  search.query.explain = false;
  search.query.fusion = nullptr;
  search.query.personal = nullptr;
  search.query.shared_photo = nullptr;
  const auto engine = tenant.experiments->engine_of(experiment->fields.b);
  if (!engine || !personalise(request, tenant, *engine->engine, search.query)) return;
  tenant.experiments->compare(std::move(search));
}

}  // namespace fit::http
