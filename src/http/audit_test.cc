#include "http/audit.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

using accounts::Scope;

// An exchange with a route, whose request came from key:1.
struct AuditedExchange {
  AuditedExchange(Method method, std::string pattern, std::optional<Scope> scope) {
    route.method = method;
    route.pattern = std::move(pattern);
    route.required_scope = scope;
    exchange.match.route = &route;
    exchange.principal_id = "key:1";
    exchange.request.client_address = "192.0.2.7";
    exchange.request.request_id = "r1";
  }
  bool is_audited(int status) const {
    Response response;
    response.status = status;
    return http::is_audited(exchange, response);
  }

  Route route{.pattern = {}, .required_scope = kPublic, .route_class = RouteClass::kNone};
  Exchange exchange;
};

TEST(Audit, ActionsAreNamedByTheirRoutes) {
  EXPECT_EQ(audit_action(Method::kPost, "/api/v1/keys"), "keys.create");
  EXPECT_EQ(audit_action(Method::kDelete, "/api/v1/keys/{id}"), "keys.delete");
  EXPECT_EQ(audit_action(Method::kPost, "/api/v1/keys/{id}/rotate"), "keys.rotate");
  EXPECT_EQ(audit_action(Method::kPost, "/api/v1/tokens/revoke"), "tokens.revoke");
  EXPECT_EQ(audit_action(Method::kPatch, "/api/v1/users/{id}"), "users.change");
  EXPECT_EQ(audit_action(Method::kPut, "/api/v1/items/{id}"), "items.replace");
  EXPECT_EQ(audit_action(Method::kPost, "/api/v1/auth/login"), "auth.login");
  EXPECT_EQ(audit_action(Method::kDelete, "/api/v1/auth/sessions/{id}"), "auth.sessions.delete");
  EXPECT_EQ(audit_action(Method::kGet, "/api/v1/account/export"), "account.export.read");
}

TEST(Audit, NewRoutesOfTheKindsAreRecorded) {
  EXPECT_TRUE(AuditedExchange(Method::kPost, "/api/v1/new", Scope::kAdmin).is_audited(200));
  EXPECT_TRUE(AuditedExchange(Method::kPatch, "/api/v1/new/{id}", Scope::kAccount).is_audited(200));
  EXPECT_TRUE(AuditedExchange(Method::kPost, "/api/v1/auth/login", kPublic).is_audited(200));
  EXPECT_TRUE(AuditedExchange(Method::kDelete, "/api/v1/items/{id}", Scope::kItemsWrite).is_audited(204));
  EXPECT_FALSE(AuditedExchange(Method::kGet, "/api/v1/keys", Scope::kAdmin).is_audited(200));
  EXPECT_FALSE(AuditedExchange(Method::kPut, "/api/v1/items/{id}", Scope::kItemsWrite).is_audited(200));
  EXPECT_FALSE(AuditedExchange(Method::kPost, "/api/v1/search", Scope::kSearch).is_audited(200));
  AuditedExchange import(Method::kPost, "/api/v1/items/import", Scope::kItemsWrite);
  import.route.run_on = RunOn::kImport;
  EXPECT_TRUE(import.is_audited(200));
  AuditedExchange exported(Method::kGet, "/api/v1/export", Scope::kAdmin);
  exported.route.audited = Audited::kAlways;
  EXPECT_TRUE(exported.is_audited(200));
  AuditedExchange never(Method::kDelete, "/api/v1/favourites/{id}", Scope::kAccount);
  never.route.audited = Audited::kNever;
  EXPECT_FALSE(never.is_audited(200));
}

TEST(Audit, StrangersDoNotFillTheLog) {
  AuditedExchange stranger(Method::kPost, "/api/v1/keys", Scope::kAdmin);
  EXPECT_TRUE(stranger.is_audited(403));
  stranger.exchange.principal_id.clear();
  EXPECT_FALSE(stranger.is_audited(401));
  Response response;
  response.status = 401;
  note_audit(response, {.target = "user:ann@shop.example"});
  EXPECT_TRUE(is_audited(stranger.exchange, response));
  stranger.exchange.match.route = nullptr;
  EXPECT_FALSE(is_audited(stranger.exchange, response));
}

TEST(Audit, AnEntrySaysWhoDidWhatOnWhat) {
  AuditedExchange one(Method::kDelete, "/api/v1/keys/{id}", Scope::kAdmin);
  one.exchange.match.path_parameters.add("id", "7");
  Response response;
  response.status = 204;
  accounts::AuditEntry entry = audit_entry(one.exchange, response);
  EXPECT_EQ(entry.principal, "key:1");
  EXPECT_EQ(entry.address, "192.0.2.7");
  EXPECT_EQ(entry.action, "keys.delete");
  EXPECT_EQ(entry.target, "key:7");
  EXPECT_EQ(entry.outcome, "done");
  EXPECT_EQ(entry.detail, R"({"request_id":"r1"})");

  response.status = 404;
  note_audit(response, {.target = "key:8", .detail = {{"name", "shop"}}, .principal = "user:3"});
  entry = audit_entry(one.exchange, response);
  EXPECT_EQ(entry.principal, "user:3");
  EXPECT_EQ(entry.target, "key:8");
  EXPECT_EQ(entry.outcome, "failed");
  EXPECT_EQ(entry.detail, R"({"name":"shop","status":404,"request_id":"r1"})");
  response.status = 403;
  EXPECT_EQ(audit_entry(one.exchange, response).outcome, "refused");
}

}  // namespace
}  // namespace fit::http
