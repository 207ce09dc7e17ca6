#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/feedback_json.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "http/request_person.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"
#include "style/experiments/experiment_service.h"
#include "style/fusion/adaptive_fusion.h"
#include "style/outfits/outfit_id.h"
#include "style/personal/personal_tastes.h"
#include "style/saved/saved_outfit_store.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::http {
namespace {

constexpr std::size_t kFeedbackAtOnce = 50;
constexpr std::size_t kMaxFeedbackAtOnce = 500;

style::FeedbackStore& feedback_of(const TenantSnapshot& tenant) {
  return tenant.tastes->feedback();
}

Result<style::FeedbackTarget::Kind> target_kind(std::string_view name) {
  const auto* const found = std::ranges::find(style::kFeedbackTargets, name);
  if (found == style::kFeedbackTargets.end()) return invalid("kind", "is not a kind of target");
  return static_cast<style::FeedbackTarget::Kind>(found - style::kFeedbackTargets.begin());
}

// What feedback is about must exist for the caller: items that the caller sees, and garments and outfits that
// are the caller's own.
class TargetCheck {
 public:
  TargetCheck(const TenantSnapshot& tenant, const Principal& caller) : tenant_(tenant), caller_(caller) {}

  Result<void> check(const style::FeedbackTarget& target) const {
    using Kind = style::FeedbackTarget::Kind;
    switch (target.kind) {
      case Kind::kItem:
      case Kind::kResult:
        return check_item(*style::item_of(target));
      case Kind::kGarment: {
        FIT_TRY(const std::int64_t id, parse_id("target.id", target.id));
        return check_garment(id);
      }
      case Kind::kOutfit:
        return check_outfit(target.id, std::nullopt);
      case Kind::kPiece:
        FIT_CHECK(check_item(*style::item_of(target)));
        return check_outfit(target.id.substr(0, target.id.rfind('/')), style::item_of(target));
    }
    return {};
  }

 private:
  Result<void> check_item(ItemId item) const {
    FIT_TRY(const domain::ItemRecord record, tenant_.catalog.get(item));
    if (!is_visible(tenant_, record.listing, caller_)) return not_found("there is no item " + item.str());
    return {};
  }

  Result<void> check_garment(std::int64_t id) const {
    std::vector<style::Garment> found;
    if (caller_.user_id != 0) {
      style::WardrobeStore wardrobe(database(), tenant_.labels->ontology());
      FIT_TRY(found, wardrobe.some(caller_.user_id, std::span(&id, 1)));
    }
    if (found.empty()) return not_found("there is no garment " + std::to_string(id));
    return {};
  }

  // The id is that of a saved outfit, or the pieces of another one. The item is one of its pieces.
  Result<void> check_outfit(const std::string& id, std::optional<ItemId> item) const {
    FIT_TRY(const auto pieces, pieces_of(id));
    const bool has_item = !item || std::ranges::any_of(pieces, [&item](const style::OutfitPieceId& one) {
      return one.kind == style::PieceKind::kItem && one.id == item->value;
    });
    if (!has_item) return not_found("there is no such piece of the outfit");
    return {};
  }

  Result<std::vector<style::OutfitPieceId>> pieces_of(const std::string& id) const {
    if (auto named = style::pieces_of_outfit_id(id)) {
      for (const style::OutfitPieceId& one : *named) {
        FIT_CHECK(one.kind == style::PieceKind::kItem ? check_item(ItemId{one.id}) : check_garment(one.id));
      }
      return *std::move(named);
    }
    const auto number = parse_id("target.id", id);
    if (!number || caller_.user_id == 0) return not_found("there is no such outfit");
    style::SavedOutfitStore outfits(database());
    FIT_TRY(auto found, outfits.pieces(caller_.user_id, std::span(&*number, 1)));
    if (found.empty()) return not_found("there is no such outfit");
    return std::move(found.front());
  }

  sql::Database& database() const { return tenant_.catalog.writer().database().database(); }

  const TenantSnapshot& tenant_;
  const Principal& caller_;
};

Result<void> forget_in_experiments(const TenantSnapshot& tenant, const style::Person& person) {
  if (tenant.experiments == nullptr) return {};
  return tenant.experiments->forget(person);
}

// Lets the weights of searches learn from the choice of a result.
void teach(const style::NewFeedback& given, const TenantSnapshot& tenant, const style::Person& person) {
  using Kind = style::FeedbackTarget::Kind;
  const bool is_result = given.target.kind == Kind::kItem || given.target.kind == Kind::kResult;
  if (tenant.fusion == nullptr || !is_result || !style::is_choice(given.signal)) return;
  if (const auto item = style::item_of(given.target)) tenant.fusion->learn_or_log(person, *item, now());
}

// The handlers of /api/v1/feedback.
class FeedbackRoutes {
 public:
  static Result<Response> give(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    FIT_TRY(const Json body, json_body(request));
    FIT_TRY(const style::NewFeedback given, parse_feedback(body));
    FIT_CHECK(TargetCheck(tenant, request.principal).check(given.target));
    const Timestamp time = now();
    FIT_TRY(const auto recorded, feedback_of(tenant).record(person, given, time));
    if (tenant.experiments != nullptr) {
      tenant.experiments->note_feedback(person, given.target, given.signal, time);
    }
    if (recorded.is_new) teach(given, tenant, person);
    return json_response(feedback_json(recorded.feedback), recorded.is_new ? 201 : 200);
  }

  static Result<Response> list(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    style::FeedbackListOptions options{.limit = kFeedbackAtOnce};
    for (const auto& [name, value] : query_parameters(request.query)) {
      if (name == "before") {
        FIT_TRY(options.before, parse_id("before", value));
      } else if (name == "limit") {
        FIT_TRY(options.limit, parse_limit(value, kMaxFeedbackAtOnce));
      } else if (name == "kind") {
        FIT_TRY(options.kind, target_kind(value));
      } else {
        FIT_TRY(options.signal, style::parse_signal(value));
      }
    }
    FIT_TRY(const auto found, feedback_of(tenant).list(person, options));
    Json listed = Json::array();
    for (const style::Feedback& one : found) listed.push_back(feedback_json(one));
    Json body{{"feedback", std::move(listed)}};
    if (found.size() == options.limit) body["next_before"] = found.back().id.str();
    return json_response(body);
  }

  static Result<Response> undo(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_CHECK(feedback_of(tenant).forget(person, style::FeedbackId{id}));
    return no_content();
  }

  static Result<Response> forget_all(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const style::Person person, person_of(request));
    FIT_CHECK(forget_in_experiments(tenant, person));
    FIT_CHECK(feedback_of(tenant).forget_all(person));
    return no_content();
  }

  static Result<Response> merge(const Request& request, const TenantSnapshot& tenant) {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string id = reader.text("device_id");
    FIT_CHECK(reader.finish());
    FIT_TRY(const style::Person device, device_of("device_id", id));
    const auto account = account_of(request.principal);
    if (!account) {
      return Error{
          ErrorCode::kForbidden,
          "the feedback of a device becomes that of an account: sign in, or send a search token with "
          "a user_id",
          {},
          {}};
    }
    // The account may be in another variant, and one person must not count twice.
    FIT_CHECK(forget_in_experiments(tenant, device));
    FIT_TRY(const std::int64_t moved, feedback_of(tenant).merge(device, *account));
    return json_response({{"moved", moved}});
  }
};

}  // namespace

void add_feedback_routes(Router& router) {
  const auto add = [&](Method method, const char* pattern, auto handler,
                       std::vector<std::string_view> parameters = {}) {
    const bool reads = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kSearch,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = method == Method::kPost ? kSmallBodyBytes : 0,
                .query_parameters = std::move(parameters),
                .audited = Audited::kNever},  // what somebody likes is nobody else's business
               handler);
  };
  add(Method::kPost, "/api/v1/feedback", &FeedbackRoutes::give);
  add(Method::kGet, "/api/v1/feedback", &FeedbackRoutes::list, {"before", "limit", "kind", "signal"});
  add(Method::kDelete, "/api/v1/feedback", &FeedbackRoutes::forget_all);
  add(Method::kDelete, "/api/v1/feedback/{id}", &FeedbackRoutes::undo);
  add(Method::kPost, "/api/v1/feedback/merge", &FeedbackRoutes::merge);
}

}  // namespace fit::http
