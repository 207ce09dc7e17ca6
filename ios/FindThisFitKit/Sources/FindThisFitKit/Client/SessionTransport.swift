import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends requests by a URLSession. Bodies of files are sent by upload tasks with a delegate and without completion
/// handlers, the one form that background sessions accept.
public final class SessionTransport: NSObject, Transport {
  private let session: URLSession
  private let exchanges = Exchanges()

  /// `configuration` should be ephemeral: the client keeps the session's cookie itself, and responses are not to be stored.
  public init(
    configuration: URLSessionConfiguration = SessionTransport.configuration(), trust: (any ServerTrust)? = nil
  ) {
    session = URLSession(
      configuration: configuration, delegate: SessionEvents(exchanges, trust: trust), delegateQueue: nil)
  }

  public static func configuration() -> URLSessionConfiguration {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.timeoutIntervalForRequest = 30
    configuration.timeoutIntervalForResource = 180
    return configuration
  }

  /// Ends the session. Requests in flight fail.
  public func invalidate() { session.invalidateAndCancel() }

  public func send(_ request: URLRequest, file: URL?, progress: UploadProgress?) async throws -> HTTPAnswer {
    try Task.checkCancellation()
    let task = file.map { session.uploadTask(with: request, fromFile: $0) } ?? session.dataTask(with: request)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        exchanges.begin(task, Exchange(continuation: continuation, progress: progress))
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
  }
}

/// A request in flight.
private struct Exchange {
  let continuation: CheckedContinuation<HTTPAnswer, any Error>
  let progress: UploadProgress?
}

/// Gives each response to whoever waits for it.
private final class Exchanges: SessionListener, @unchecked Sendable {
  private let lock = NSLock()
  private var waiting: [Int: Exchange] = [:]  // by task, guarded by `lock`

  func begin(_ task: URLSessionTask, _ exchange: Exchange) {
    lock.withLock { waiting[task.taskIdentifier] = exchange }
  }

  func sent(_ fraction: Double, of task: URLSessionTask) {
    lock.withLock { waiting[task.taskIdentifier]?.progress }?(fraction)
  }

  func ended(_ task: URLSessionTask, _ outcome: Result<HTTPAnswer, any Error>) {
    guard let exchange = lock.withLock({ waiting.removeValue(forKey: task.taskIdentifier) }) else { return }
    exchange.continuation.resume(
      with: outcome.mapError { error -> any Error in
        if (error as? URLError)?.code == .cancelled { return CancellationError() }
        return ClientError.unreachable(error.localizedDescription)
      })
  }

  func deliveredAll() {}
}
