import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Decides about the certificate of a server, for servers with a certificate authority of their own.
public protocol ServerTrust: Sendable {
  func decide(_ challenge: URLAuthenticationChallenge) -> (URLSession.AuthChallengeDisposition, URLCredential?)
}

/// Sends requests by a URLSession. Bodies of files are sent by upload tasks with a delegate and without completion
/// handlers, the one form that background sessions accept.
public final class SessionTransport: NSObject, Transport {
  private let session: URLSession
  private let delegate: Delegate

  /// `configuration` should be ephemeral: the client keeps the session's cookie itself, and responses are not to be stored.
  public init(
    configuration: URLSessionConfiguration = SessionTransport.configuration(), trust: (any ServerTrust)? = nil
  ) {
    delegate = Delegate(trust: trust)
    session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
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
        delegate.begin(task, Exchange(continuation: continuation, progress: progress))
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
  var body = Data()
}

private final class Delegate: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  private let trust: (any ServerTrust)?
  private let lock = NSLock()
  private var exchanges: [Int: Exchange] = [:]  // by task, guarded by `lock`

  init(trust: (any ServerTrust)?) { self.trust = trust }

  func begin(_ task: URLSessionTask, _ exchange: Exchange) {
    lock.withLock { exchanges[task.taskIdentifier] = exchange }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    lock.withLock { exchanges[dataTask.taskIdentifier]?.body.append(data) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
    totalBytesExpectedToSend: Int64
  ) {
    guard totalBytesExpectedToSend > 0 else { return }
    let progress = lock.withLock { exchanges[task.taskIdentifier]?.progress }
    progress?(min(1, Double(totalBytesSent) / Double(totalBytesExpectedToSend)))
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    guard let exchange = lock.withLock({ exchanges.removeValue(forKey: task.taskIdentifier) }) else { return }
    if let error {
      let isCancelled = (error as? URLError)?.code == .cancelled
      exchange.continuation.resume(
        throwing: isCancelled ? CancellationError() : ClientError.unreachable(error.localizedDescription))
    } else if let response = task.response as? HTTPURLResponse {
      let headers = response.allHeaderFields.reduce(into: [String: String]()) { headers, field in
        headers["\(field.key)"] = "\(field.value)"
      }
      exchange.continuation.resume(
        returning: HTTPAnswer(status: response.statusCode, headers: headers, body: exchange.body))
    } else {
      exchange.continuation.resume(throwing: ClientError.unreachable("no response"))
    }
  }

  /// A session belongs to one server, and so do its credentials: a redirection is not followed.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  /// The server's own credentials are no business of URLSession: a 401 is a response like others.
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
    let (disposition, credential) = trust?.decide(challenge) ?? (.performDefaultHandling, nil)
    completionHandler(disposition, credential)
  }
}
