import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// How a client reaches its server.
public struct ClientOptions: Sendable {
  public var tenant: String?  // the catalogue, where a server has several
  public var headers: [String: String] = [:]  // for a proxy in front of the server
  public var deviceID: String?  // names somebody without an account; sent with feedback and by taste
  public var retry = RetryPolicy.standard

  public init() {}
}

/// The calls of one server. The files beside this one have them by subject.
///
/// Every call throws `ClientError`, or `CancellationError` when its task is cancelled. Calls that change nothing, or change
/// the same when they are repeated, are sent again after failures that pass.
public actor Client {
  public nonisolated let server: ServerAddress
  private let transport: any Transport
  private let credentials: any CredentialStore
  private let options: ClientOptions
  private let decoder = APICoding.decoder()

  public init(
    server: ServerAddress, transport: any Transport = SessionTransport(),
    credentials: any CredentialStore = MemoryCredentialStore(), options: ClientOptions = ClientOptions()
  ) {
    self.server = server
    self.transport = transport
    self.credentials = credentials
    self.options = options
  }

  public var credential: Credential? { credentials.credential(for: server) }
  public var deviceID: String? { options.deviceID }

  /// Uses a key or a token from now on; nil forgets what was used.
  public func use(_ credential: Credential?) { credentials.keep(credential, for: server) }

  /// The bytes of an image of this server, or of the catalogue's own address of it. Credentials go to this server only.
  public func image(_ reference: String) async throws -> Data {
    guard let url = server.resolve(reference) else { throw ClientError.badAddress }
    let request = server.path(of: url) == nil ? URLRequest(url: url) : request("GET", url)
    return try await answer(to: request, isRepeatable: true).body
  }

  func call<T: Decodable>(_ endpoint: Endpoint, progress: UploadProgress? = nil) async throws -> T {
    let answer = try await self.answer(to: endpoint, progress: progress)
    do {
      return try decoder.decode(T.self, from: answer.body)
    } catch {
      throw ClientError.unreadable("\(endpoint.method) \(endpoint.path): \(error)")
    }
  }

  @discardableResult
  func answer(to endpoint: Endpoint, progress: UploadProgress? = nil) async throws -> HTTPAnswer {
    try await answer(
      to: request(of: endpoint), file: endpoint.file, isRepeatable: endpoint.isRepeatable, progress: progress)
  }

  /// The request of an endpoint, with the credential of this moment. Its file is not part of it.
  func request(of endpoint: Endpoint) throws -> URLRequest {
    guard let url = server.resolve(endpoint.path, query: endpoint.query) else { throw ClientError.badAddress }
    var request = request(endpoint.method, url)
    if let body = endpoint.body {
      request.httpBody = body
      request.setValue(endpoint.contentType, forHTTPHeaderField: "Content-Type")
    } else if endpoint.file != nil {
      request.setValue(endpoint.contentType, forHTTPHeaderField: "Content-Type")
    }
    if endpoint.namesDevice, let id = options.deviceID { request.setValue(id, forHTTPHeaderField: "X-Device-Id") }
    return request
  }

  private func request(_ method: String, _ url: URL) -> URLRequest {
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    for (name, value) in options.headers { request.setValue(value, forHTTPHeaderField: name) }
    if let tenant = options.tenant { request.setValue(tenant, forHTTPHeaderField: "X-Tenant") }
    switch credential {
    case .bearer(let secret):
      request.setValue("Bearer \(secret)", forHTTPHeaderField: "Authorization")
    case .session(let cookie):
      request.setValue(cookie, forHTTPHeaderField: "Cookie")
      // The server accepts changes by a session from its own pages only; the app is one of them.
      request.setValue(server.origin, forHTTPHeaderField: "Origin")
    case nil: break
    }
    return request
  }

  private func answer(
    to request: URLRequest, file: URL? = nil, isRepeatable: Bool, progress: UploadProgress? = nil
  ) async throws -> HTTPAnswer {
    for attempt in 1... {
      try Task.checkCancellation()
      let failure: ClientError
      var retryAfter: Double?
      do {
        let answer = try await transport.send(request, file: file, progress: progress)
        guard !(200..<300).contains(answer.status) else { return answer }
        failure =
          (try? decoder.decode(Problem.self, from: answer.body)).map(ClientError.problem) ?? .status(answer.status)
        retryAfter = answer.headers["retry-after"].flatMap(Double.init)
      } catch let error as ClientError {
        failure = error
      }
      guard isRepeatable, let delay = options.retry.delay(after: attempt, of: failure, retryAfter: retryAfter) else {
        throw failure
      }
      try await options.retry.sleep(delay)
    }
    throw ClientError.unreachable("no attempt")
  }
}

/// A request of the API.
struct Endpoint {
  var method = "GET"
  var path: String
  var query: [URLQueryItem] = []
  var body: Data?
  var file: URL?
  var contentType = "application/json"
  var namesDevice = false
  /// Whether it does the same when it is repeated.
  var isRepeatable = true

  static func get(_ path: String, _ query: [String: String?] = [:]) -> Endpoint {
    let items = query.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
    return Endpoint(path: path, query: items.sorted { $0.name < $1.name })
  }

  static func send(_ method: String, _ path: String, _ body: some Encodable, isRepeatable: Bool = false) throws
    -> Endpoint
  {
    Endpoint(method: method, path: path, body: try APICoding.encoder().encode(body), isRepeatable: isRepeatable)
  }

  static func delete(_ path: String) -> Endpoint { Endpoint(method: "DELETE", path: path) }
}
