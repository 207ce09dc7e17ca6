import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Searches by photo that go on while the app is suspended, and after the system has ended it. The form of each is a file
/// that an upload task sends; on devices the session is a background session, which the system serves without the app.
/// What a search finds is kept among the recent searches. A search that is not answered is sent again when the app is
/// started next, three times at most.
///
/// Thread-safe. There is one object of a folder, and of the identifier of a background session, at a time.
public final class BackgroundSearches: Sendable {
  static let mostAttempts = 3

  private let recents: RecentSearches
  private let folder: URL
  private let session: URLSession
  let delegate: BackgroundDelegate

  /// `configuration` is a background session's on devices; another one serves as long as the app runs.
  public init(
    recents: RecentSearches, folder: URL, configuration: URLSessionConfiguration, trust: (any ServerTrust)? = nil
  ) {
    self.recents = recents
    self.folder = folder
    delegate = BackgroundDelegate(trust: trust)
    session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
    delegate.ended = { [weak self] id, outcome in await self?.end(id, outcome) }
  }

  /// Decides about certificates from now on, for another server.
  public func use(_ trust: (any ServerTrust)?) { delegate.use(trust) }

  /// The searches that wait for their results.
  public var pending: [UUID] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { $0.hasSuffix(".json") ? UUID(uuidString: String($0.dropLast(5))) : nil }
  }

  /// Sends a search with a photo. It goes on when the app does not. Throws `ClientError`, and errors of the disk.
  public func begin(_ query: SearchQuery, with client: Client) async throws {
    try await begin(query, with: client, sends: true)
  }

  /// `sends` is false in tests alone, of what remains when the app ends in between.
  func begin(_ query: SearchQuery, with client: Client, sends: Bool) async throws {
    guard query.photo != nil else { return }
    let id = UUID()
    let upload = try await client.searchUpload(query)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: upload.file, to: form(of: id))
    try record(of: id).write(
      Record(server: client.server, query: query, contentType: upload.contentType, attempts: 1))
    if sends { start(id, upload.request) }
  }

  /// Sends again what was not answered when the app was ended, and forgets what belongs to another server. To be called
  /// at each start.
  public func resume(with client: Client) async {
    let running = await withCheckedContinuation { continuation in
      session.getAllTasks { tasks in continuation.resume(returning: Set(tasks.compactMap(\.taskDescription))) }
    }
    for id in pending where !running.contains(id.uuidString) { await again(id, client) }
  }

  /// Returns when the system has delivered all that has happened while the app was not running. For the background task
  /// of the session, on devices.
  public func deliver() async { await delegate.deliver() }

  /// Ends the session. What waits is sent by another object of the folder.
  public func invalidate() { session.invalidateAndCancel() }

  /// Forgets all searches that wait.
  public func removeAll() {
    // Foundation on Linux ends the process when a task is cancelled that has just ended.
    session.getAllTasks { tasks in for task in tasks where task.state == .running { task.cancel() } }
    try? FileManager.default.removeItem(at: folder)
  }

  private func start(_ id: UUID, _ request: URLRequest) {
    let task = session.uploadTask(with: request, fromFile: form(of: id))
    task.taskDescription = id.uuidString
    task.resume()
  }

  private func again(_ id: UUID, _ client: Client) async {
    guard var kept = record(of: id).read(), kept.server == client.server,
      kept.attempts < BackgroundSearches.mostAttempts,
      let request = try? await client.searchRequest(kept.query, contentType: kept.contentType)
    else {
      forget(id)
      return
    }
    kept.attempts += 1
    try? record(of: id).write(kept)
    start(id, request)
  }

  private func end(_ id: UUID, _ outcome: BackgroundDelegate.Outcome) async {
    switch outcome {
    case .unanswered: break  // sent again at the next start
    case .answered(let status, _) where status == 429 || status >= 500: break
    case .answered(let status, let body):
      defer { forget(id) }
      guard (200..<300).contains(status), let kept = record(of: id).read(),
        let found = try? APICoding.decoder().decode(SearchResponse.self, from: body)
      else { return }
      _ = try? await recents.keep(kept.query, of: kept.server, results: found.results)
    }
  }

  private func forget(_ id: UUID) {
    record(of: id).remove()
    try? FileManager.default.removeItem(at: form(of: id))
  }

  private func form(of id: UUID) -> URL { folder.appending(path: "\(id.uuidString).form") }
  private func record(of id: UUID) -> JSONFile<Record> {
    JSONFile(url: folder.appending(path: "\(id.uuidString).json"))
  }

  private struct Record: Codable, Sendable {
    var server: ServerAddress
    var query: SearchQuery
    var contentType: String
    var attempts: Int
  }
}

final class BackgroundDelegate: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  enum Outcome: Sendable {
    case answered(status: Int, body: Data)
    case unanswered
  }

  var ended: (@Sendable (UUID, Outcome) async -> Void)?  // set before the session has tasks
  private let lock = NSLock()
  private var trust: (any ServerTrust)?  // guarded by `lock`
  private var endings: [Task<Void, Never>] = []  // guarded by `lock`
  private var bodies: [Int: Data] = [:]  // by task, guarded by `lock`
  private var waiting: [CheckedContinuation<Void, Never>] = []  // guarded by `lock`
  private var isDelivered = false  // before anybody waits for it, guarded by `lock`

  init(trust: (any ServerTrust)?) { self.trust = trust }

  func use(_ trust: (any ServerTrust)?) { lock.withLock { self.trust = trust } }

  /// Waits for the end of the events, and for what follows from them.
  func deliver() async {
    await withCheckedContinuation { continuation in
      let isOver = lock.withLock {
        defer { isDelivered = false }  // the next launch has events of its own
        if !isDelivered { waiting.append(continuation) }
        return isDelivered
      }
      if isOver { continuation.resume() }
    }
    for ending in lock.withLock({ endings }) { await ending.value }
  }

  private func end(_ id: UUID, _ outcome: Outcome) {
    guard let ended else { return }
    lock.withLock { endings.append(Task { await ended(id, outcome) }) }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    lock.withLock { bodies[dataTask.taskIdentifier, default: Data()].append(data) }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let body = lock.withLock { bodies.removeValue(forKey: task.taskIdentifier) } ?? Data()
    guard let id = task.taskDescription.flatMap(UUID.init(uuidString:)) else { return }
    if error == nil, let response = task.response as? HTTPURLResponse {
      end(id, .answered(status: response.statusCode, body: body))
    } else {
      end(id, .unanswered)
    }
  }

  /// Linux, which has no background sessions, does not call it.
  func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) { finishEvents() }

  var isAwaited: Bool { lock.withLock { !waiting.isEmpty } }
  var ends: Int { lock.withLock { endings.count } }

  func finishEvents() {
    let all = lock.withLock {
      isDelivered = waiting.isEmpty
      defer { waiting = [] }
      return waiting
    }
    all.forEach { $0.resume() }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    completionHandler(.rejectProtectionSpace, nil)
  }

  func urlSession(
    _ session: URLSession, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    let (disposition, credential) = lock.withLock { trust }?.decide(challenge) ?? (.performDefaultHandling, nil)
    completionHandler(disposition, credential)
  }
}
