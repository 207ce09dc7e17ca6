import Foundation
import Testing

@testable import FindThisFitKit

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What the client does around a request.
@Suite struct RetryTests {
  /// A client whose waits take no time, and the seconds that it would have waited.
  func client(_ transport: FlakyTransport, server: ServerAddress) -> (Client, Collected<Double>) {
    let waits = Collected<Double>()
    var options = ClientOptions()
    options.retry.draw = { 1 }
    options.retry.sleep = { waits.add($0) }
    return (Client(server: server, transport: transport, options: options), waits)
  }

  let nowhere: ServerAddress

  init() throws { nowhere = try #require(ServerAddress("fit.example")) }

  @Test(.enabled(if: hasServers, noServers)) func failuresThatPassAreTriedAgain() async throws {
    let transport = FlakyTransport([.noResponse, .answer(HTTPAnswer(status: 503, headers: ["Retry-After": "3"]))])
    let (client, waits) = client(transport, server: try servers().open)
    #expect(try await client.caller().scopes.contains("search"))
    #expect(waits.values == [0.5, 3])
    #expect(await transport.requests == 3)
  }

  @Test(.enabled(if: hasServers, noServers)) func aPhotoIsSentAgain() async throws {
    let transport = FlakyTransport([.noResponse])
    let (client, waits) = client(transport, server: try servers().open)
    let item = try #require(try await openClient().browse(Filters(), limit: 1).items.first)
    let photo = try #require(Photo(try await openClient().image(item.images[0].url)))
    #expect(try await client.search(SearchQuery(photo: photo)).results.first?.id == item.id)
    #expect(waits.values.count == 1)
  }

  @Test func theLastFailureIsThrown() async throws {
    let transport = FlakyTransport([], next: nil)
    let (client, waits) = client(transport, server: nowhere)
    await #expect { try await client.caller() } throws: { ErrorMessage($0) == .unreachable }
    #expect(waits.values == [0.5, 1])
  }

  @Test func whatMustNotHappenTwiceIsSentOnce() async throws {
    let transport = FlakyTransport([.noResponse])
    let (client, _) = client(transport, server: nowhere)
    await #expect(throws: ClientError.self) { try await client.makeFavouriteList("Coats") }
    #expect(await transport.requests == 1)
  }

  @Test func refusalsAreFinal() async throws {
    let transport = FlakyTransport([.answer(HTTPAnswer(status: 403)), .answer(HTTPAnswer(status: 403))])
    let (client, _) = client(transport, server: nowhere)
    await #expect(throws: ClientError.status(403)) { try await client.caller() }
    #expect(await transport.requests == 1)
  }

  @Test func aServerThatWantsALongPauseIsLeftAlone() async throws {
    let policy = RetryPolicy.standard
    #expect(policy.delay(after: 1, of: .status(429), retryAfter: 600) == nil)
    #expect(policy.delay(after: 1, of: .status(429), retryAfter: 20) == 20)
    #expect(policy.delay(after: 3, of: .status(503), retryAfter: nil) == nil)
    #expect(policy.delay(after: 1, of: .unreadable(""), retryAfter: nil) == nil)
  }

  @Test func delaysGrowToABound() throws {
    var policy = RetryPolicy(attempts: 10)
    policy.draw = { 0 }
    let delays = (1...8).compactMap { policy.delay(after: $0, of: .unreachable(""), retryAfter: nil) }
    #expect(delays == [0.25, 0.5, 1, 2, 4, 4, 4, 4])
  }

  @Test func responsesOfSomethingElse() async throws {
    let page = HTTPAnswer(status: 200, headers: ["Content-Type": "text/html"], body: Data("<html>".utf8))
    let (client, _) = client(FlakyTransport([.answer(page), .answer(page)]), server: nowhere)
    await #expect { try await client.caller() } throws: { ErrorMessage($0) == .unreadable }
    await #expect { try await client.signIn(email: "a", password: "b") } throws: {
      ErrorMessage($0) == .unreadable
    }
    await #expect(throws: ClientError.badAddress) { try await client.image("file:///etc/passwd") }
  }
}

/// Records what is sent.
actor RecordingTransport: Transport {
  private(set) var requests: [URLRequest] = []
  let answer: HTTPAnswer

  init(_ answer: HTTPAnswer = HTTPAnswer(status: 200, body: Data("{}".utf8))) { self.answer = answer }

  func send(_ request: URLRequest, file: URL?, progress: UploadProgress?) async throws -> HTTPAnswer {
    requests.append(request)
    return answer
  }
}

@Suite struct HeaderTests {
  @Test func headersOfARequest() async throws {
    var options = ClientOptions()
    options.tenant = "shop"
    options.headers = ["X-Proxy": "secret"]
    options.deviceID = DeviceID.draw()
    let transport = RecordingTransport()
    let server = try #require(ServerAddress("https://fit.example:8443/finder/"))
    let client = Client(server: server, transport: transport, options: options)
    await client.use(.session(cookie: "__Host-fit=abc"))
    _ = try await client.answer(to: .get("/api/v1/auth/me"))
    let request = try #require(await transport.requests.first)
    #expect(request.url?.absoluteString == "https://fit.example:8443/finder/api/v1/auth/me")
    #expect(request.value(forHTTPHeaderField: "X-Tenant") == "shop")
    #expect(request.value(forHTTPHeaderField: "X-Proxy") == "secret")
    #expect(request.value(forHTTPHeaderField: "Cookie") == "__Host-fit=abc")
    #expect(request.value(forHTTPHeaderField: "Origin") == "https://fit.example:8443")
    #expect(request.value(forHTTPHeaderField: "X-Device-Id") == nil)
    await client.use(.bearer("key"))
    var endpoint = Endpoint.delete("/api/v1/feedback/1")
    endpoint.namesDevice = true
    _ = try await client.answer(to: endpoint)
    let last = try #require(await transport.requests.last)
    #expect(last.value(forHTTPHeaderField: "Authorization") == "Bearer key")
    #expect(last.value(forHTTPHeaderField: "X-Device-Id") == options.deviceID)
  }

  @Test func credentialsGoToTheServerOnly() async throws {
    let transport = RecordingTransport()
    let server = try #require(ServerAddress("https://fit.example"))
    let client = Client(server: server, transport: transport)
    await client.use(.bearer("key"))
    _ = try await client.image("https://cdn.example/images/7")
    _ = try await client.image("/images/7")
    let sent = await transport.requests.map { $0.value(forHTTPHeaderField: "Authorization") }
    #expect(sent == [nil, "Bearer key"])
  }

  @Test func sessionsOfCookies() {
    #expect(Credential(setCookie: "fit-session=a.b; Path=/; HttpOnly") == .session(cookie: "fit-session=a.b"))
    #expect(Credential(setCookie: "x=1, __Host-fit=zz; Secure") == .session(cookie: "__Host-fit=zz"))
    #expect(Credential(setCookie: "other=1") == nil)
    #expect(Credential(setCookie: "fit-session=; Max-Age=0") == nil)
  }

  @Test func deviceIDs() {
    let id = DeviceID.draw()
    #expect(id.count == 32 && id.allSatisfy { "0123456789abcdef".contains($0) })
    #expect(id != DeviceID.draw())
  }

  @Test func messagesOfErrors() throws {
    func problem(_ status: Int, _ code: String = "x", at path: String = "/") -> ClientError {
      .problem(
        Problem(
          type: "urn:find-this-fit:problem:\(code)", title: "", status: status, detail: "", instance: path,
          requestId: "", field: nil, missingScopes: nil))
    }
    let expected: [(ClientError, ErrorMessage)] = [
      (problem(400), .notAPhoto), (problem(401), .signIn), (problem(401, at: "/api/v1/auth/login"), .wrongSignIn),
      (problem(401, "totp_required"), .codeNeeded), (problem(403), .notAllowed), (problem(404), .notFound),
      (problem(413), .tooLarge), (problem(422), .invalid), (problem(429), .tooMany), (problem(500), .server),
      (.status(502), .unreachable), (.status(418), .server), (.badAddress, .unreadable),
    ]
    for (error, message) in expected { #expect(ErrorMessage(error) == message, "\(error)") }
    #expect(ErrorMessage(CocoaError(.fileNoSuchFile)) == .server)
  }
}
