#include <algorithm>
#include <functional>
#include <limits>
#include <memory>

#include "accounts/accounts.h"
#include "base/json_reader.h"
#include "http/account_authenticator.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/parameter_values.h"

namespace fit::http {
namespace {

using Settings = std::map<std::string, std::string>;

Json limit_or_null(std::int64_t limit) {
  return limit == 0 ? Json(nullptr) : Json(limit);
}

Json to_json(const accounts::Tenant& tenant) {
  return {{"name", tenant.name},
          {"created_at", to_rfc3339(tenant.created_at)},
          {"settings", Json(tenant.settings)},
          {"quotas",
           {{"items", limit_or_null(tenant.quotas.items)},
            {"bytes", limit_or_null(tenant.quotas.bytes)},
            {"requests_per_day", limit_or_null(tenant.quotas.requests_per_day)}}}};
}

// The tenant that is no record: it is as old as the catalogue, and has the settings of the server.
Json default_tenant() {
  Json json = to_json(accounts::Tenant{.name = std::string(accounts::kDefaultTenant)});
  json["created_at"] = nullptr;
  return json;
}

// Reads the members "settings" and "quotas" as changes of `now`: null takes a setting or a quota back, and
// what is not named stays.
class ChangeReader {
 public:
  explicit ChangeReader(const accounts::Tenant& now) : settings_(now.settings), quotas_(now.quotas) {}

  accounts::TenantChange read(JsonReader& reader) {
    if (const Json* const given = reader.find("settings")) read_settings(reader, *given);
    if (auto given = reader.optional_object("quotas")) {
      read_quota(*given, "items", quotas_.items);
      read_quota(*given, "bytes", quotas_.bytes);
      read_quota(*given, "requests_per_day", quotas_.requests_per_day);
      given->reject_unknown_keys();
    }
    return {.settings = settings_, .quotas = quotas_};
  }

 private:
  void read_settings(JsonReader& reader, const Json& given) {
    if (!given.is_object()) return reader.fail("settings", "must be an object");
    for (const auto& [name, value] : given.items()) {
      if (value.is_null()) {
        settings_.erase(name);
      } else if (value.is_string()) {
        settings_[name] = value.get<std::string>();
      } else if (value.is_number_integer()) {
        settings_[name] = value.dump();
      } else {
        return reader.fail("settings." + name, "must be a text or a whole number");
      }
    }
  }

  static void read_quota(JsonReader& quotas, const std::string& name, std::int64_t& limit) {
    const auto keys = quotas.keys();
    if (std::ranges::find(keys, name) == keys.end()) return;
    limit =
        quotas.find(name) == nullptr ? 0 : quotas.integer(name, 1, std::numeric_limits<std::int64_t>::max());
  }

  Settings settings_;
  accounts::TenantQuotas quotas_;
};

// The handlers of /api/v1/tenants.
class TenantRoutes {
 public:
  explicit TenantRoutes(TenantRouteDeps deps) : deps_(std::move(deps)), tenants_(deps_.accounts.tenants()) {}

  Result<Response> list(const Request&) const {
    FIT_TRY(const auto tenants, tenants_.list());
    Json list = Json::array({default_tenant()});
    for (const accounts::Tenant& tenant : tenants) list.push_back(to_json(tenant));
    return json_response({{"tenants", std::move(list)}});
  }

  Result<Response> get(const Request& request) const {
    const std::string name(request.path_parameters.get("name"));
    if (name == accounts::kDefaultTenant) return json_response(default_tenant());
    FIT_TRY(const accounts::Tenant tenant, tenants_.get(name));
    return json_response(to_json(tenant));
  }

  Result<Response> create(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string name = reader.text("name");
    const accounts::TenantChange given = ChangeReader(accounts::Tenant{}).read(reader);
    FIT_CHECK(reader.finish());
    FIT_CHECK(accounts::check_tenant_name("name", name));
    FIT_CHECK(deps_.check_settings(*given.settings));
    FIT_TRY(const accounts::Tenant tenant, deps_.create(name, given, request.stop));
    if (request.principal.user_id != 0) {
      FIT_CHECK(tenants_.set_role(name, request.principal.user_id, accounts::Role::kOwner));
    }
    deps_.authenticator.forget();
    Response response = json_response(to_json(tenant), 201);
    response.headers.emplace_back("Location", "/api/v1/tenants/" + name);
    note_audit(response, {.target = "tenant:" + name});
    return response;
  }

  Result<Response> change(const Request& request) const {
    FIT_TRY(const std::string name, other_name(request));
    FIT_TRY(const accounts::Tenant before, tenants_.get(name));
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const accounts::TenantChange given = ChangeReader(before).read(reader);
    FIT_CHECK(reader.finish());
    FIT_CHECK(deps_.check_settings(*given.settings));
    FIT_TRY(const accounts::Tenant tenant, tenants_.change(name, given));
    deps_.changed(tenant);
    return json_response(to_json(tenant));
  }

  Result<Response> remove(const Request& request) const {
    FIT_TRY(const std::string name, other_name(request));
    FIT_TRY(const bool with_backup, flag_of(request, "backup", true));
    if (query_parameter(request.query, "confirm").value_or("") != name) {
      return invalid("confirm", "must be the name of the tenant, whose items will be gone");
    }
    FIT_TRY(const std::string backup, deps_.remove(name, with_backup, request.stop));
    deps_.authenticator.forget();
    Response response =
        json_response({{"name", name}, {"backup", backup.empty() ? Json(nullptr) : Json(backup)}});
    note_audit(response, {.target = "tenant:" + name, .detail = {{"backup", with_backup}}});
    return response;
  }

 private:
  // The tenant that the path names. kConflict for "default", which cannot be changed here.
  static Result<std::string> other_name(const Request& request) {
    std::string name(request.path_parameters.get("name"));
    if (name != accounts::kDefaultTenant) return name;
    return Error{ErrorCode::kConflict, "is the tenant that every installation has", "name", {}};
  }

  static Result<bool> flag_of(const Request& request, const std::string& name, bool fallback) {
    const auto text = query_parameter(request.query, name);
    return text ? parse_flag(name, *text) : Result<bool>(fallback);
  }

  const TenantRouteDeps deps_;
  accounts::Tenants& tenants_;
};

}  // namespace

void add_tenant_routes(Router& router, TenantRouteDeps deps) {
  const auto routes = std::make_shared<const TenantRoutes>(std::move(deps));
  const auto add = [&](Method method, const char* pattern, auto handler) {
    Route route = admin_route(
        method, pattern, kMediumBodyBytes, [routes, handler](const Request& request) -> Result<Response> {
          if (request.principal.tenant != accounts::kDefaultTenant) {
            return Error{
                ErrorCode::kForbidden, "tenants are managed from the tenant default", "X-Tenant", {}};
          }
          return std::invoke(handler, *routes, request);
        });
    if (method == Method::kDelete) {
      route.query_parameters = {{"confirm", "backup"}};
      route.run_on = RunOn::kImport;  // the backup takes as long as it takes
    }
    router.add(std::move(route));
  };
  add(Method::kGet, "/api/v1/tenants", &TenantRoutes::list);
  add(Method::kPost, "/api/v1/tenants", &TenantRoutes::create);
  add(Method::kGet, "/api/v1/tenants/{name}", &TenantRoutes::get);
  add(Method::kPatch, "/api/v1/tenants/{name}", &TenantRoutes::change);
  add(Method::kDelete, "/api/v1/tenants/{name}", &TenantRoutes::remove);
}

}  // namespace fit::http
