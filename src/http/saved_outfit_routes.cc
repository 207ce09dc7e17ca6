#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "accounts/key_secret.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "http/saved_outfit_json.h"
#include "http/saved_outfit_picture.h"
#include "store/catalogue.h"
#include "style/saved/saved_outfit_store.h"

namespace fit::http {
namespace {

constexpr std::size_t kOutfitsOfPage = 50;
constexpr std::size_t kMaxOutfitsOfPage = 500;
constexpr std::size_t kMaxComparedOutfits = 10;

using style::SavedOutfitId;

// A request of a user about the own outfits in a tenant.
struct OutfitCall {
  const Request& request;
  const TenantSnapshot& tenant;
  style::SavedOutfitStore store;
  std::int64_t user;

  Result<std::vector<Json>> shown(std::span<const style::SavedOutfit> outfits) const {
    return saved_outfits_json(tenant, request.principal, outfits);
  }
  Result<KnownPieces> pieces_of(const style::SavedOutfit& outfit) const {
    return known_pieces(tenant, user, std::span(&outfit, 1), [this](const domain::Listing& listing) {
      return is_visible(tenant, listing, request.principal);
    });
  }
};

style::SavedOutfitStore outfits_of(const TenantSnapshot& tenant) {
  return style::SavedOutfitStore(tenant.catalog.writer().database().database());
}

Result<SavedOutfitId> outfit_id(const OutfitCall& call) {
  FIT_TRY(const std::int64_t id, parse_id("id", call.request.path_parameters.get("id")));
  return SavedOutfitId{id};
}

Result<Response> outfit_response(const OutfitCall& call, const style::SavedOutfit& outfit, int status = 200) {
  FIT_TRY(const auto shown, call.shown(std::span(&outfit, 1)));
  return json_response(shown.front(), status);
}

// kInvalid naming the first piece that the outfit does not have already and that does not exist for the
// caller.
Result<void> check_new_pieces(const OutfitCall& call, const style::SavedOutfitFields& fields,
                              const std::vector<style::SavedPiece>& had) {
  style::SavedOutfit outfit;
  outfit.fields = fields;
  FIT_TRY(const KnownPieces known, call.pieces_of(outfit));
  for (std::size_t i = 0; i < fields.pieces.size(); ++i) {
    const style::SavedPiece& piece = fields.pieces[i];
    if (known.contains(piece) || std::ranges::contains(had, piece)) continue;
    return piece.item ? invalid(fit::format("pieces[{}].item_id", i), "is no item")
                      : invalid(fit::format("pieces[{}].garment_id", i), "is no garment of yours");
  }
  return {};
}

// The ids of a list with commas.
Result<std::vector<SavedOutfitId>> compared_ids(std::string_view text) {
  std::vector<SavedOutfitId> ids;
  for (bool is_last = false; !is_last;) {
    const std::size_t end = std::min(text.find(','), text.size());
    FIT_TRY(const std::int64_t id, parse_id("ids", text.substr(0, end)));
    ids.push_back({id});
    is_last = end == text.size();
    if (!is_last) text.remove_prefix(end + 1);
  }
  if (ids.size() <= kMaxComparedOutfits) return ids;
  return invalid("ids", fit::format("must not be more than {}", kMaxComparedOutfits));
}

// The outfits that are named, in that order, for a comparison.
Result<Response> compare_outfits(OutfitCall& call, std::string_view text) {
  FIT_TRY(const auto ids, compared_ids(text));
  std::vector<style::SavedOutfit> outfits;
  for (const SavedOutfitId id : ids) {
    FIT_TRY(style::SavedOutfit outfit, call.store.get(call.user, id));
    outfits.push_back(std::move(outfit));
  }
  FIT_TRY(auto shown, call.shown(outfits));
  return json_response({{"outfits", std::move(shown)}, {"next_cursor", nullptr}});
}

Result<Response> list_outfits(OutfitCall& call) {
  style::SavedOutfitQuery query;
  query.limit = kOutfitsOfPage;
  const auto parameters = query_parameters(call.request.query);
  for (const auto& [name, value] : parameters) {
    if (name == "ids") {
      if (parameters.size() > 1) return invalid("ids", "goes with no other parameter");
      return compare_outfits(call, value);
    }
    if (name == "from") {
      FIT_TRY(query.from, style::check_date("from", value));
    } else if (name == "to") {
      FIT_TRY(query.to, style::check_date("to", value));
    } else if (name == "cursor") {
      FIT_TRY(query.before, parse_id("cursor", value));
    } else {
      FIT_TRY(query.limit, parse_limit(value, kMaxOutfitsOfPage));
    }
  }
  const std::size_t limit = query.limit++;
  FIT_TRY(auto outfits, call.store.list(call.user, query));
  const bool has_more = outfits.size() > limit;
  if (has_more) outfits.pop_back();
  const Json cursor = has_more ? Json(outfits.back().id.str()) : Json(nullptr);
  FIT_TRY(auto shown, call.shown(outfits));
  return json_response({{"outfits", std::move(shown)}, {"next_cursor", cursor}});
}

Result<Response> save_outfit(OutfitCall& call) {
  FIT_TRY(const Json body, json_body(call.request));
  if (!body.contains("pieces")) return invalid("pieces", "is missing");
  FIT_TRY(const style::SavedOutfitFields fields, apply_saved_outfit({}, body));
  FIT_CHECK(check_new_pieces(call, fields, {}));
  FIT_TRY(const style::SavedOutfit outfit, call.store.add(call.user, fields, now()));
  FIT_TRY(Response response, outfit_response(call, outfit, 201));
  response.headers.emplace_back("Location", "/api/v1/outfits/" + outfit.id.str());
  return response;
}

Result<Response> show_outfit(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_TRY(const style::SavedOutfit outfit, call.store.get(call.user, id));
  return outfit_response(call, outfit);
}

Result<Response> change_outfit(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_TRY(const Json body, json_body(call.request));
  FIT_TRY(const style::SavedOutfit before, call.store.get(call.user, id));
  FIT_TRY(const style::SavedOutfitFields fields, apply_saved_outfit(before.fields, body));
  FIT_CHECK(check_new_pieces(call, fields, before.fields.pieces));
  const auto make = [&body](const style::SavedOutfit& outfit) {
    return apply_saved_outfit(outfit.fields, body);
  };
  FIT_TRY(const style::SavedOutfit changed, call.store.change(call.user, id, make, now()));
  return outfit_response(call, changed);
}

Result<Response> remove_outfit(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_CHECK(call.store.remove(call.user, id));
  return no_content();
}

Result<Response> wear_outfit(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_TRY(const Json body, json_body(call.request));
  JsonReader reader(body);
  const std::string text = reader.text("date");
  FIT_CHECK(reader.finish());
  FIT_TRY(const std::string date, style::check_past_date("date", text, now()));
  FIT_TRY(const bool is_new, call.store.wear(call.user, id, date));
  FIT_TRY(const style::SavedOutfit outfit, call.store.get(call.user, id));
  return outfit_response(call, outfit, is_new ? 201 : 200);
}

Result<Response> undo_outfit_wear(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_TRY(const std::string date, style::check_date("date", call.request.path_parameters.get("date")));
  FIT_CHECK(call.store.undo_wear(call.user, id, date));
  return no_content();
}

Result<Response> share_outfit(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_TRY(const bool is_new, call.store.share(call.user, id, accounts::make_random_token()));
  FIT_TRY(const style::SavedOutfit outfit, call.store.get(call.user, id));
  return outfit_response(call, outfit, is_new ? 201 : 200);
}

Result<Response> unshare_outfit(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_CHECK(call.store.unshare(call.user, id));
  return no_content();
}

Result<Response> show_outfit_picture(OutfitCall& call) {
  FIT_TRY(const SavedOutfitId id, outfit_id(call));
  FIT_TRY(const style::SavedOutfit outfit, call.store.get(call.user, id));
  FIT_TRY(const KnownPieces known, call.pieces_of(outfit));
  return outfit_picture(call.request, call.tenant, outfit, known);
}

}  // namespace

void add_saved_outfit_routes(Router& router) {
  using Work = Result<Response> (*)(OutfitCall&);
  const auto add = [&router](Method method, const char* pattern, Work work, std::size_t max_body_bytes = 0,
                             std::vector<std::string_view> parameters = {}) {
    const bool reads = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = accounts::Scope::kAccount,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = max_body_bytes,
                .query_parameters = std::move(parameters),
                .audited = Audited::kNever},  // what somebody wears is nobody else's business
               [work](const Request& request, const TenantSnapshot& tenant) -> Result<Response> {
                 const std::int64_t user = request.principal.user_id;
                 if (user == 0) {
                   return Error{ErrorCode::kForbidden, "outfits are saved by an account: sign in", {}, {}};
                 }
                 OutfitCall call{
                     .request = request, .tenant = tenant, .store = outfits_of(tenant), .user = user};
                 return work(call);
               });
  };
  add(Method::kGet, "/api/v1/outfits", list_outfits, 0, {"from", "to", "ids", "cursor", "limit"});
  add(Method::kPost, "/api/v1/outfits", save_outfit, kSmallBodyBytes);
  add(Method::kGet, "/api/v1/outfits/{id}", show_outfit);
  add(Method::kPatch, "/api/v1/outfits/{id}", change_outfit, kSmallBodyBytes);
  add(Method::kDelete, "/api/v1/outfits/{id}", remove_outfit);
  add(Method::kPost, "/api/v1/outfits/{id}/wears", wear_outfit, kSmallBodyBytes);
  add(Method::kDelete, "/api/v1/outfits/{id}/wears/{date}", undo_outfit_wear);
  add(Method::kPost, "/api/v1/outfits/{id}/share", share_outfit);
  add(Method::kDelete, "/api/v1/outfits/{id}/share", unshare_outfit);
  add(Method::kGet, "/api/v1/outfits/{id}/picture", show_outfit_picture, 0, {"tenant"});
}

}  // namespace fit::http
