#include <algorithm>
#include <functional>
#include <memory>

#include "accounts/account_json.h"
#include "accounts/sign_in.h"
#include "accounts/totp.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "http/account_authenticator.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "http/session_cookie.h"
#include "http/sign_in_session.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxAuditedEmail = 200;  // bytes

using accounts::Scope;
using accounts::SignIn;

// The response to somebody who may not sign in, or not yet.
Response refusal(const SignIn::Outcome& outcome, const Request& request) {
  if (outcome.answer == SignIn::Answer::kTooMany) {
    return too_many_attempts(outcome.retry_after, request);
  }
  if (outcome.answer == SignIn::Answer::kCodeRequired) {
    return problem(401, "totp_required", "enter the code of your authenticator app as \"totp\"", request);
  }
  return problem(401, "unauthorized", "the e-mail address, the password or the code is wrong", request);
}

// A password is taken as it is typed: with blanks, and empty.
std::string password_of(JsonReader& reader, const std::string& key) {
  const Json* const value = reader.require(key);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    reader.fail(key, "must be a text");
    return {};
  }
  return value->get<std::string>();
}

std::string kind_of(const Principal& principal) {
  if (principal.is_anonymous()) return "anonymous";
  if (principal.user_id != 0) return "user";
  if (principal.id.starts_with("sso:")) return "sso";
  return principal.id == Principal::local().id ? "local" : "key";
}

// The tenants that the caller may enter by name, each with the role there.
Json tenants_of(const Principal& caller) {
  Json tenants = Json::array();
  if (!caller.roles) return tenants;
  for (const auto& [name, role] : *caller.roles) {
    tenants.push_back({{"name", name}, {"role", accounts::to_string(role)}});
  }
  return tenants;
}

// The handlers of /api/v1/auth.
class AccountRoutes {
 public:
  explicit AccountRoutes(const AccountRouteDeps& deps)
      : accounts_(deps.accounts),
        sign_in_(deps.sign_in),
        authenticator_(deps.authenticator),
        reset_(deps.reset),
        provider_name_(deps.provider_name),
        detects_(deps.detects) {}

  Result<Response> log_in(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    SignIn::Attempt attempt;
    attempt.email = reader.text("email");
    attempt.password = password_of(reader, "password");
    attempt.code = reader.optional_text("totp");
    FIT_CHECK(reader.finish());
    attempt.client = client_of(request);
    FIT_TRY(const SignIn::Outcome outcome, sign_in_.sign_in(attempt));
    if (outcome.answer != SignIn::Answer::kWelcome) {
      Response response = refusal(outcome, request);
      note_audit(response, {.target = "email:" + std::string(utf8_prefix(attempt.email, kMaxAuditedEmail))});
      return response;
    }
    FIT_CHECK(end_session_of(request, accounts_, authenticator_));
    Response response = json_response(accounts::user_json(*outcome.user));
    add_session_cookie(response, request, *outcome.session, accounts_.sessions().limits());
    const std::string user = "user:" + std::to_string(outcome.user->id);
    note_audit(response, {.target = user, .principal = user});
    return response;
  }

  Result<Response> log_out(const Request& request) const {
    FIT_CHECK(end_session_of(request, accounts_, authenticator_));
    Response response = no_content();
    response.headers.emplace_back("Set-Cookie", expired_session_cookie(request));
    return response;
  }

  // Never fails: credentials that are not valid are those of nobody.
  Result<Response> who_am_i(const Request& request) const {
    Principal caller = authenticator_.authenticate(request).value_or(Principal{});
    const auto is_empty = accounts_.users().is_empty();
    Json json{{"kind", kind_of(caller)},
              {"id", caller.id},
              {"scopes", caller.scopes.names()},
              {"sign_in_possible", (is_empty && !*is_empty) || !provider_name_.empty()},
              {"single_sign_on", provider_name_.empty() ? Json(nullptr) : Json(provider_name_)},
              {"detect", detects_},
              {"tenant", caller.tenant},
              {"tenants", tenants_of(caller)}};
    if (caller.user_id != 0) {
      if (auto user = accounts_.users().get(caller.user_id)) {
        if (caller.roles && caller.roles->contains(caller.tenant))
          user->role = caller.roles->at(caller.tenant);
        json["user"] = accounts::user_json(*user);
      }
    }
    for (const char* member : {"role", "email", "name"}) {
      json[member] = json.contains("user") ? json["user"][member] : Json(nullptr);
    }
    return json_response(json);
  }

  Result<Response> change_password(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string current = password_of(reader, "current");
    const std::string wanted = password_of(reader, "new");
    FIT_CHECK(reader.finish());
    FIT_TRY(const auto outcome, sign_in_.check(request.principal.user_id, current, client_of(request)));
    if (outcome.answer != SignIn::Answer::kWelcome) return wrong_password("current", outcome, request);
    FIT_CHECK(sign_in_.change_password(*outcome.user, wanted, request.principal.session_id));
    authenticator_.forget();
    return no_content();
  }

  Result<Response> list_sessions(const Request& request) const {
    FIT_TRY(const auto sessions, accounts_.sessions().list(request.principal.user_id));
    Json list = Json::array();
    for (const accounts::Session& one : sessions)
      list.push_back(accounts::session_json(one, request.principal.session_id));
    return json_response({{"sessions", std::move(list)}});
  }

  Result<Response> end_session(const Request& request) const {
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_CHECK(accounts_.sessions().end(request.principal.user_id, id));
    authenticator_.forget();
    Response response = no_content();
    if (id == request.principal.session_id) {
      response.headers.emplace_back("Set-Cookie", expired_session_cookie(request));
    }
    return response;
  }

  Result<Response> begin_totp(const Request& request) const {
    FIT_TRY(const accounts::User user, accounts_.users().get(request.principal.user_id));
    FIT_TRY(const std::string secret, sign_in_.begin_totp(user.id));
    return json_response({{"secret", secret}, {"uri", accounts::otpauth_uri(secret, user.email)}});
  }

  Result<Response> confirm_totp(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string code = reader.text("code");
    FIT_CHECK(reader.finish());
    const Principal& caller = request.principal;
    FIT_TRY(const auto codes, sign_in_.confirm_totp(caller.user_id, code, caller.session_id));
    authenticator_.forget();
    return json_response({{"recovery_codes", codes}});
  }

  Result<Response> remove_totp(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string password = password_of(reader, "password");
    FIT_CHECK(reader.finish());
    const Principal& caller = request.principal;
    FIT_TRY(const auto outcome, sign_in_.check(caller.user_id, password, client_of(request)));
    if (outcome.answer != SignIn::Answer::kWelcome) return wrong_password("password", outcome, request);
    FIT_CHECK(accounts_.users().set_totp(caller.user_id, "", {}, caller.session_id));
    authenticator_.forget();
    return no_content();
  }

  // The response does not wait for the look at the account and for the mail, so that neither it nor its time
  // tell whether the account exists.
  Result<Response> begin_reset(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string email = reader.text("email");
    FIT_CHECK(reader.finish());
    if (reset_) reset_(email, client_of(request));
    return json_response({{"detail", "if the address belongs to a user, a link is on its way"}}, 202);
  }

  Result<Response> use_link(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    SignIn::LinkUse use;
    use.token = reader.text("token");
    use.password = password_of(reader, "password");
    use.email = reader.optional_text("email");
    use.name = reader.optional_text("name");
    FIT_CHECK(reader.finish());
    FIT_TRY(const accounts::User user, sign_in_.use_link(use));
    authenticator_.forget();
    Response response = json_response(accounts::user_json(user));
    note_audit(response,
               {.target = "user:" + std::to_string(user.id), .principal = "user:" + std::to_string(user.id)});
    return response;
  }

 private:
  // The caller is known, so that a wrong password is a wrong field.
  static Result<Response> wrong_password(const std::string& field, const SignIn::Outcome& outcome,
                                         const Request& request) {
    if (outcome.answer == SignIn::Answer::kTooMany) return refusal(outcome, request);
    return invalid(field, "is not your password");
  }

  accounts::Accounts& accounts_;
  SignIn& sign_in_;
  AccountAuthenticator& authenticator_;
  const std::function<void(const std::string& email, const accounts::SessionClient& client)> reset_;
  const std::string provider_name_;
  const bool detects_;
};

}  // namespace

void add_account_routes(Router& router, const AccountRouteDeps& deps) {
  const auto routes = std::make_shared<const AccountRoutes>(deps);
  struct Options {
    std::optional<Scope> scope = Scope::kAccount;
    RunOn run_on = RunOn::kWrite;
    RouteClass route_class = RouteClass::kWrite;
  };
  const auto add = [&](Method method, const char* pattern, const Options& options, auto handler) {
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = options.scope,
                .run_on = options.run_on,
                .route_class = options.route_class,
                .max_body_bytes = method == Method::kGet ? 0 : kSmallBodyBytes,
                .handler = [routes, handler](const Request& request) {
                  return std::invoke(handler, *routes, request);
                }});
  };
  const Options reads{.run_on = RunOn::kSearch, .route_class = RouteClass::kNone};
  const Options writes;
  const Options checks{.run_on = RunOn::kSignIn, .route_class = RouteClass::kSignIn};
  const Options open_checks{.scope = kPublic, .run_on = RunOn::kSignIn, .route_class = RouteClass::kSignIn};
  add(Method::kPost, "/api/v1/auth/login", open_checks, &AccountRoutes::log_in);
  add(Method::kPost, "/api/v1/auth/logout", {.scope = kPublic, .route_class = RouteClass::kNone},
      &AccountRoutes::log_out);
  add(Method::kGet, "/api/v1/auth/me",
      {.scope = kPublic, .run_on = RunOn::kSearch, .route_class = RouteClass::kNone},
      &AccountRoutes::who_am_i);
  add(Method::kPost, "/api/v1/auth/password", checks, &AccountRoutes::change_password);
  add(Method::kGet, "/api/v1/auth/sessions", reads, &AccountRoutes::list_sessions);
  add(Method::kDelete, "/api/v1/auth/sessions/{id}", writes, &AccountRoutes::end_session);
  add(Method::kPost, "/api/v1/auth/totp", writes, &AccountRoutes::begin_totp);
  add(Method::kPost, "/api/v1/auth/totp/confirm", checks, &AccountRoutes::confirm_totp);
  add(Method::kDelete, "/api/v1/auth/totp", checks, &AccountRoutes::remove_totp);
  add(Method::kPost, "/api/v1/auth/reset", {.scope = kPublic, .route_class = RouteClass::kSignIn},
      &AccountRoutes::begin_reset);
  add(Method::kPost, "/api/v1/auth/link", open_checks, &AccountRoutes::use_link);
}

}  // namespace fit::http
