import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Decides about the certificate of a server, for servers with a certificate authority of their own.
public protocol ServerTrust: Sendable {
  func decide(_ challenge: URLAuthenticationChallenge) -> (URLSession.AuthChallengeDisposition, URLCredential?)
}

/// What the owner of a session makes of its events. Called on the session's queue.
protocol SessionListener: Sendable {
  /// A task has ended with a response, or without one for the reason given.
  func ended(_ task: URLSessionTask, _ outcome: Result<HTTPAnswer, any Error>)
  /// The fraction of a body that is sent, from 0 to 1.
  func sent(_ fraction: Double, of task: URLSessionTask)
  /// A background session has delivered all that has happened while the app was not running.
  func deliveredAll()
}

/// The delegate of every session of the kit: responses are whole, redirections are not followed, and a certificate is
/// judged by the owner of the server. Thread-safe.
final class SessionEvents: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  private let listener: any SessionListener
  private let lock = NSLock()
  private var trust: (any ServerTrust)?  // guarded by `lock`
  private var bodies: [Int: Data] = [:]  // by task, guarded by `lock`

  init(_ listener: any SessionListener, trust: (any ServerTrust)?) {
    self.listener = listener
    self.trust = trust
  }

  /// Decides about certificates from now on, for another server.
  func use(_ trust: (any ServerTrust)?) { lock.withLock { self.trust = trust } }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    lock.withLock { bodies[dataTask.taskIdentifier, default: Data()].append(data) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
    totalBytesExpectedToSend: Int64
  ) {
    guard totalBytesExpectedToSend > 0 else { return }
    listener.sent(min(1, Double(totalBytesSent) / Double(totalBytesExpectedToSend)), of: task)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let body = lock.withLock { bodies.removeValue(forKey: task.taskIdentifier) } ?? Data()
    if error == nil, let response = task.response as? HTTPURLResponse {
      listener.ended(task, .success(HTTPAnswer(response, body: body)))
    } else {
      listener.ended(task, .failure(error ?? URLError(.badServerResponse)))
    }
  }

  /// Linux, which has no background sessions, does not call it.
  func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) { listener.deliveredAll() }

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
    let (disposition, credential) = lock.withLock { trust }?.decide(challenge) ?? (.performDefaultHandling, nil)
    completionHandler(disposition, credential)
  }
}

extension HTTPAnswer {
  fileprivate init(_ response: HTTPURLResponse, body: Data) {
    let headers = response.allHeaderFields.reduce(into: [String: String]()) { headers, field in
      headers["\(field.key)"] = "\(field.value)"
    }
    self.init(status: response.statusCode, headers: headers, body: body)
  }
}
