#include <memory>
#include <optional>

#include "accounts/provider_sign_in.h"
#include "base/percent_encoding.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/own_origin.h"
#include "http/problem.h"
#include "http/session_cookie.h"
#include "http/sign_in_session.h"

namespace fit::http {
namespace {

constexpr std::string_view kCallbackPath = "/api/v1/auth/oidc/callback";

Response redirect_to(std::string location) {
  Response response{.status = 303, .content_type = {}, .body = {}, .headers = {}};
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

// Whether a person waits for a page, and not a program for JSON.
bool wants_page(const Request& request) {
  return request.headers.get("accept").contains("text/html");
}

// The handlers of /api/v1/auth/oidc.
class OidcRoutes {
 public:
  explicit OidcRoutes(const OidcRouteDeps& deps)
      : accounts_(deps.accounts),
        authenticator_(deps.authenticator),
        provider_(deps.provider),
        public_origin_(deps.public_origin) {}

  Result<Response> start(const Request& request) const {
    if (provider_ == nullptr) return no_provider();
    const std::string return_to = query_parameter(request.query, "return_to").value_or("/");
    const auto begun = provider_->begin(redirect_url(request), return_to);
    if (!begun) return failure(begun.error(), request);
    Response response = redirect_to(begun->url);
    response.headers.emplace_back(
        "Set-Cookie", make_sign_in_cookie(request, begun->cookie, accounts::ProviderSignIn::kTimeLimit));
    return response;
  }

  Result<Response> callback(const Request& request) const {
    if (provider_ == nullptr) return no_provider();
    auto finished = finish(request);
    const std::optional<Error> error = finished ? std::nullopt : std::optional(finished.error());
    Response response = error ? failure(*error, request) : *std::move(finished);
    if (error) {
      const bool is_refused = status_of(error->code) < 500;
      note_audit(response,
                 {.detail = {{"reason", error->message}}, .outcome = is_refused ? "refused" : "failed"});
    }
    // The cookie is for one attempt, whether it succeeds or not.
    response.headers.emplace_back("Set-Cookie", expired_sign_in_cookie(request));
    return response;
  }

 private:
  Result<Response> finish(const Request& request) const {
    FIT_TRY(const std::string_view cookie, sign_in_cookie(request));
    const auto parameter = [&request](std::string_view name) {
      return query_parameter(request.query, name).value_or("");
    };
    const std::string code = parameter("code");
    if (code.empty()) {
      return Error{ErrorCode::kUnauthorized, "the sign-in provider has not let you in", {}, {}};
    }
    FIT_TRY(const auto done, provider_->finish({.redirect_url = redirect_url(request),
                                                .cookie = std::string(cookie),
                                                .state = parameter("state"),
                                                .code = code}));
    FIT_CHECK(end_session_of(request, accounts_, authenticator_));
    FIT_TRY(const auto session, accounts_.sessions().begin(done.user.id, client_of(request)));
    Response response = redirect_to(done.return_to);
    add_session_cookie(response, request, session, accounts_.sessions().limits());
    const std::string user = "user:" + std::to_string(done.user.id);
    note_audit(response, {.target = user, .principal = user});
    return response;
  }

  static Error no_provider() { return not_found("there is no sign-in provider; OIDC_ISSUER names one"); }

  // A browser whose sign-in fails sees the sign-in page, which explains it by the code of the error.
  static Response failure(const Error& error, const Request& request) {
    if (!wants_page(request)) return problem(error, request);
    return redirect_to("/sign-in#problem=" + percent_encode(to_string(error.code)));
  }

  // The address to which the provider sends the browser back.
  std::string redirect_url(const Request& request) const {
    return own_origin(public_origin_, request) + std::string(kCallbackPath);
  }

  accounts::Accounts& accounts_;
  AccountAuthenticator& authenticator_;
  accounts::ProviderSignIn* const provider_;
  const std::string public_origin_;
};

}  // namespace

void add_oidc_routes(Router& router, const OidcRouteDeps& deps) {
  const auto routes = std::make_shared<const OidcRoutes>(deps);
  // Both wait for another server, and therefore run on the fetch pool.
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/auth/oidc/start",
              .required_scope = kPublic,
              .run_on = RunOn::kFetch,
              .route_class = RouteClass::kNone,
              .query_parameters = std::vector<std::string_view>{"return_to"},
              .handler = [routes](const Request& request) { return routes->start(request); }});
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/auth/oidc/callback",
              .required_scope = kPublic,
              .run_on = RunOn::kFetch,
              .route_class = RouteClass::kSignIn,
              .query_parameters = kAnyParameters,  // providers add their own
              .handler = [routes](const Request& request) { return routes->callback(request); },
              .audited = Audited::kAlways});
}

}  // namespace fit::http
