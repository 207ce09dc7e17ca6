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
  private let events: SessionEvents
  let endings = BackgroundEndings()

  /// `configuration` is a background session's on devices; another one serves as long as the app runs.
  public init(
    recents: RecentSearches, folder: URL, configuration: URLSessionConfiguration, trust: (any ServerTrust)? = nil
  ) {
    self.recents = recents
    self.folder = folder
    events = SessionEvents(endings, trust: trust)
    session = URLSession(configuration: configuration, delegate: events, delegateQueue: nil)
    endings.ended = { @Sendable [weak self] id, outcome in await self?.end(id, outcome) }
  }

  /// Decides about certificates from now on, for another server.
  public func use(_ trust: (any ServerTrust)?) { events.use(trust) }

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
  public func deliver() async { await endings.deliver() }

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

  private func end(_ id: UUID, _ outcome: BackgroundEndings.Outcome) async {
    // Without a response, and after a failure that passes, it is sent again at the next start.
    guard case .success(let answer) = outcome, answer.status != 429, answer.status < 500 else { return }
    defer { forget(id) }
    guard (200..<300).contains(answer.status), let kept = record(of: id).read(),
      let found = try? APICoding.decoder().decode(SearchResponse.self, from: answer.body)
    else { return }
    _ = try? await recents.keep(kept.query, of: kept.server, results: found.results)
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
