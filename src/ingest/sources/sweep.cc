#include "ingest/sources/sweep.h"

#include "base/format.h"

namespace fit::ingest {
namespace {

constexpr std::uint64_t kMaxJsonBytes = std::uint64_t{20} << 20;
constexpr JsonLimits kApiLimits{.members = 1000, .values = 2'000'000};

Json member_or_empty(const Json& state, const char* name) {
  const auto found = state.find(name);
  return found != state.end() && found->is_object() ? *found : Json::object();
}

Error bad_state(std::string message) {
  return invalid("state", std::move(message));
}

}  // namespace

Result<SweepState> SweepState::from(const Json& state, SourceKind kind) {
  SweepState sweep;
  sweep.kind_ = kind;
  sweep.started_at_ = now();
  if (state.is_null()) return sweep;
  if (!state.is_object() || json_text(state, "kind") != to_string(kind))
    return bad_state("is not one of this source");
  sweep.kept_ = member_or_empty(state, "kept");
  const auto started = state.find("sweep");
  if (started == state.end() || !started->is_string()) return sweep;
  FIT_TRY(sweep.started_at_, parse_rfc3339("state", started->get<std::string>()));
  sweep.cursor_ = member_or_empty(state, "cursor");
  if (sweep.cursor_.empty()) {
    sweep.started_at_ = now();
    return sweep;
  }
  sweep.is_new_ = false;
  sweep.has_gap_ = state.contains("gap") && state["gap"] == true;
  sweep.pages_ = json_number(state, "pages", 0);
  return sweep;
}

void SweepState::restart() {
  started_at_ = now();
  is_new_ = true;
  has_gap_ = false;
  pages_ = 0;
  cursor_ = Json::object();
}

Json SweepState::json() const {
  Json state = Json::object();
  state["kind"] = std::string(to_string(kind_));
  state["kept"] = kept_;
  if (is_over_) return state;
  state["sweep"] = to_rfc3339(started_at_);
  state["cursor"] = cursor_;
  state["gap"] = has_gap_;
  state["pages"] = pages_;
  return state;
}

void SweepStep::finish() const {
  sweep.end();
  page.end = FetchEnd::kDone;
  page.is_complete = !sweep.has_gap();
}

void SweepStep::end_with(const CrawlResponse& response) const {
  if (response.is_over_budget) {
    page.end = FetchEnd::kBudget;
    return;
  }
  FetchFailure failure = response.failure.value_or(
      FetchFailure{FetchProblem::kStatus,
                   response.url,
                   fit::format("the server responded with status {}", response.status),
                   {}});
  const bool is_blocked = response.refuses || failure.problem == FetchProblem::kBlocked ||
                          failure.problem == FetchProblem::kRobots;
  page.end =
      is_blocked && failure.problem != FetchProblem::kUnreachable ? FetchEnd::kBlocked : FetchEnd::kFailed;
  page.retry_at = response.retry_at;
  page.ended_by = failure;
  page.failures.push_back(std::move(failure));
}

void SweepStep::fail(const std::string& url, std::string message) const {
  page.end = FetchEnd::kFailed;
  page.ended_by = FetchFailure{FetchProblem::kUnreadable, url, std::move(message), {}};
  page.failures.push_back(*page.ended_by);
}

Result<std::optional<Json>> fetch_json(const SweepStep& step, CrawlRequest request, CrawlResponse& response) {
  request.max_bytes = kMaxJsonBytes;
  request.headers.emplace_back("Accept: application/json");
  FIT_TRY(response, step.session.get(request));
  if (!response.is_ok()) {
    step.end_with(response);
    return std::nullopt;
  }
  auto json = parse_json("", response.body, kApiLimits);
  response.body.clear();
  if (json) return *std::move(json);
  step.fail(response.url, "is no JSON: the page " + json.error().message);
  return std::nullopt;
}

Result<FetchPage> SweptSource::fetch(const Json& state, const FetchContext& context) {
  FIT_TRY(SweepState sweep, SweepState::from(state, settings().kind));
  CrawlSession session(crawler_, settings(), context);
  FetchPage page;
  FIT_CHECK(step({sweep, session, context, page}));
  if (page.end == FetchEnd::kMore && session.is_over_budget()) page.end = FetchEnd::kBudget;
  if (page.end == FetchEnd::kFailed) sweep.restart();
  page.state = sweep.json();
  page.sweep_started_at = sweep.started_at();
  page.pages_done = sweep.pages();
  page.requests = session.requests();
  page.bytes = session.bytes();
  return page;
}

}  // namespace fit::ingest
