import Foundation

/// When a request that may be repeated is sent again.
public struct RetryPolicy: Sendable {
  public var attempts = 3
  public var firstDelay = 0.5  // seconds
  public var longestDelay = 8.0
  /// A server that asks for more patience than this is not asked again.
  public var longestWait = 30.0
  /// From 0 to 1: the part of the delay that is drawn, so that clients do not come back together.
  public var draw: @Sendable () -> Double = { Double.random(in: 0...1) }
  public var sleep: @Sendable (Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }

  public static let standard = RetryPolicy()
  public static let never = RetryPolicy(attempts: 1)

  public init(attempts: Int = 3) { self.attempts = attempts }

  /// The seconds to wait after the failed attempt number `attempt` (from 1). Nil: it was the last one.
  public func delay(after attempt: Int, of error: ClientError, retryAfter: Double?) -> Double? {
    guard attempt < attempts, RetryPolicy.mayPass(error) else { return nil }
    let backoff = min(longestDelay, firstDelay * pow(2, Double(attempt - 1)))
    let drawn = backoff / 2 + backoff / 2 * draw()
    guard let retryAfter else { return drawn }
    return retryAfter > longestWait ? nil : max(drawn, retryAfter)
  }

  private static func mayPass(_ error: ClientError) -> Bool {
    if case .unreachable = error { return true }
    return [429, 502, 503, 504].contains(error.status ?? 0)
  }
}
