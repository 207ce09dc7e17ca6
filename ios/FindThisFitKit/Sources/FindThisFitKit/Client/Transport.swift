import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A response with its whole body.
public struct HTTPAnswer: Sendable {
  public let status: Int
  public let headers: [String: String]  // names in lower case
  public let body: Data

  public init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
    self.status = status
    self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    self.body = body
  }
}

/// Called with the fraction of a body that is sent, from 0 to 1, on any thread.
public typealias UploadProgress = @Sendable (Double) -> Void

/// Sends requests. URLSession is behind it in the app.
public protocol Transport: Sendable {
  /// Sends a request, with the content of `file` as its body if there is one. Throws `CancellationError` when the task is
  /// cancelled, and `ClientError.unreachable` when there is no response.
  func send(_ request: URLRequest, file: URL?, progress: UploadProgress?) async throws -> HTTPAnswer
}
