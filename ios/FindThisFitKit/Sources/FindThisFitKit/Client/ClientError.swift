import Foundation

/// Why a request has no result.
public enum ClientError: Error, Hashable, Sendable {
  /// The server says why.
  case problem(Problem)
  /// Something before the server, such as a proxy, answered with this status.
  case status(Int)
  /// There is no response. The text is for the log.
  case unreachable(String)
  /// The response is none of this API, or of a newer one. The text is for the log.
  case unreadable(String)
  /// The address is no address of this server.
  case badAddress

  public var status: Int? {
    switch self {
    case .problem(let problem): problem.status
    case .status(let status): status
    default: nil
    }
  }
}

/// What is told to people of an error. The app has a text for each.
public enum ErrorMessage: String, CaseIterable, Sendable {
  case unreachable, signIn, notAllowed, notFound, codeNeeded, wrongSignIn, tooMany, tooLarge, notAPhoto, invalid, server
  case unreadable

  public init(_ error: any Error) {
    guard let error = error as? ClientError else {
      self = .server
      return
    }
    switch error {
    case .unreachable: self = .unreachable
    case .unreadable, .badAddress: self = .unreadable
    case .problem(let problem): self = ErrorMessage.of(problem)
    case .status(let status): self = (502...504).contains(status) ? .unreachable : .server
    }
  }

  private static func of(_ problem: Problem) -> ErrorMessage {
    if problem.code == "totp_required" { return .codeNeeded }
    if problem.status == 401, problem.instance == "/api/v1/auth/login" { return .wrongSignIn }
    return switch problem.status {
    case 400, 415: .notAPhoto
    case 401: .signIn
    case 403: .notAllowed
    case 404, 410: .notFound
    case 413: .tooLarge
    case 422: .invalid
    case 429: .tooMany
    default: .server
    }
  }
}
