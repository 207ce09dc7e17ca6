#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/group_roles.h"
#include "accounts/identities.h"
#include "accounts/oidc_provider.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::accounts {

// Signing in at a sign-in provider (docs/decisions/0035): this class makes the steps of one sign-in and finds
// the user. Nothing is stored between the steps. The browser keeps a cookie with a random secret; state,
// nonce and the verifier of PKCE are hashes of it. Thread-safe; calls block. Borrows the provider and the
// identities. Errors besides those named: as for OidcProvider and Identities.
class ProviderSignIn {
 public:
  struct Options {
    GroupRoles roles;
    std::string name;  // of the provider, for people
  };
  ProviderSignIn(OidcProvider& provider, Identities& identities, Options options)
      : provider_(provider), identities_(identities), options_(std::move(options)) {}

  const std::string& name() const { return options_.name; }

  // How long somebody may take at the provider.
  static constexpr std::chrono::minutes kTimeLimit{10};

  struct Begun {
    std::string cookie;  // for the browser, for kTimeLimit
    std::string url;     // of the provider, to which the browser goes
  };
  // `redirect_url` is the address of this server to which the provider sends the browser back, `return_to`
  // the page that it sees at last. kInvalid naming "return_to" for what is no local path.
  Result<Begun> begin(const std::string& redirect_url, std::string_view return_to);

  // What the browser brings back.
  struct Returned {
    std::string redirect_url;  // as given to begin()
    std::string cookie;
    std::string state;
    std::string code;
  };
  struct Done {
    User user;
    std::string return_to;
  };
  // kUnauthorized naming "state" for a cookie that is missing or too old, or of another sign-in.
  Result<Done> finish(const Returned& returned);

  // The caller whom a bearer token names: a user, or somebody who is none and has the role of their groups.
  struct Caller {
    std::string subject;
    std::optional<User> user;
    Role role = Role::kShopper;
    Timestamp expires_at;
  };
  // kUnauthorized as OidcProvider::read_bearer() says, and for a disabled user; kForbidden for somebody
  // without a role.
  Result<Caller> caller_of(std::string_view token);

 private:
  OidcProvider& provider_;
  Identities& identities_;
  const Options options_;
};

// Whether a text is the path of a page of this server, so that a redirect to it stays here: it begins with
// one slash, and has only characters that a URL may have. "//other.example" and "/\other.example" name other
// servers.
bool is_local_path(std::string_view text);

}  // namespace fit::accounts
