import Foundation

extension Client {
  /// Who the server takes this client for. It needs no right.
  public func caller() async throws -> Caller { try await call(.get("/api/v1/auth/me")) }

  /// What the server can do for this caller.
  public func capabilities() async throws -> Capabilities {
    var found = Capabilities(try await caller())
    // Servers that have no saved searches refuse it.
    if found.hasAccount {
      let settings = try? await notificationSettings()
      found.canMail = settings?.mailPossible ?? false
      found.pushTopic = settings?.apnsTopic
    }
    return found
  }

  /// Begins a session and keeps its credential. A user with one-time codes needs `code`; without it the error's code is
  /// `totp_required`. What the device has said before becomes that of the account.
  public func signIn(email: String, password: String, code: String? = nil) async throws -> User {
    let login = Login(email: email, password: password, totp: code)
    let answer = try await answer(to: .send("POST", "/api/v1/auth/login", login))
    guard let cookie = answer.headers["set-cookie"], let credential = Credential(setCookie: cookie) else {
      throw ClientError.unreadable("the sign-in began no session")
    }
    use(credential)
    if let deviceID {
      // Without it the account only lacks what the device said.
      _ = try? await self.answer(to: .send("POST", "/api/v1/feedback/merge", FeedbackMerge(deviceId: deviceID)))
    }
    guard let user = try? APICoding.decoder().decode(User.self, from: answer.body) else {
      throw ClientError.unreadable("the sign-in named no user")
    }
    return user
  }

  /// Ends the session and forgets it, also when the server does not answer.
  public func signOut() async {
    if case .session = credential {
      _ = try? await answer(to: Endpoint(method: "POST", path: "/api/v1/auth/logout"))
    }
    use(nil)
  }
}
