import Foundation

/// Who the server takes the caller for, and what they may do.
public struct Caller: Codable, Hashable, Sendable {
  public struct TenantRole: Codable, Hashable, Sendable {
    public let name: String
    public let role: String
  }

  public let kind: String  // user, key, sso, local or anonymous
  public let id: String
  public let scopes: [String]
  public let signInPossible: Bool
  public let singleSignOn: String?  // the name of the sign-in provider
  public let detect: Bool?  // whether the server finds garments in photos; nil: an older server, which does not
  public let role: String?
  public let email: String?
  public let name: String?
  public let tenant: String
  public let tenants: [TenantRole]
}

/// A signed-in user.
public struct User: Codable, Hashable, Sendable {
  public let id: String
  public let email: String
  public let name: String
  public let role: String
}

struct Login: Codable, Sendable {
  let email: String
  let password: String
  let totp: String?
}

/// What a server can do for this caller. What it cannot do is not shown.
public struct Capabilities: Codable, Hashable, Sendable {
  public var canSearch: Bool
  public var canReadItems: Bool
  public var hasAccount: Bool  // favourites, history
  public var canSignIn: Bool
  public var canDetect: Bool  // finds garments in a photo
  /// Sends alerts by mail. Of somebody without an account it is not known before they ask for it.
  public var canMail: Bool
  public var pushTopic: String?  // the app whose devices the server reaches

  public init(_ caller: Caller) {
    canSearch = caller.scopes.contains("search")
    canReadItems = caller.scopes.contains("items:read")
    hasAccount = caller.scopes.contains("account") && caller.kind == "user"
    canSignIn = caller.signInPossible
    canMail = canSearch
    canDetect = canSearch && caller.detect == true
  }
}
