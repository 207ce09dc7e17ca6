import Foundation

/// What the server knows a caller by. A secret: it belongs into the Keychain.
public enum Credential: Codable, Hashable, Sendable {
  /// An API key or a search token.
  case bearer(String)
  /// The cookie of a signed-in user's session, `name=value`.
  case session(cookie: String)

  /// The session that the header Set-Cookie of a sign-in begins.
  init?(setCookie header: String) {
    for name in ["__Host-fit", "fit-session"] {
      guard let start = header.range(of: name + "=") else { continue }
      let value = header[start.upperBound...].prefix { $0 != ";" && $0 != "," }
      guard !value.isEmpty else { continue }
      self = .session(cookie: "\(name)=\(value)")
      return
    }
    return nil
  }
}

/// Keeps a credential for each server. Thread-safe.
public protocol CredentialStore: Sendable {
  func credential(for server: ServerAddress) -> Credential?
  func keep(_ credential: Credential?, for server: ServerAddress)
}

/// Keeps credentials as long as the process lives.
public final class MemoryCredentialStore: CredentialStore, @unchecked Sendable {
  private let lock = NSLock()
  private var credentials: [ServerAddress: Credential] = [:]  // guarded by `lock`

  public init() {}

  public func credential(for server: ServerAddress) -> Credential? { lock.withLock { credentials[server] } }

  public func keep(_ credential: Credential?, for server: ServerAddress) {
    lock.withLock { credentials[server] = credential }
  }
}

/// The name of a device whose owner has no account: 128 bits that it draws itself.
public enum DeviceID {
  public static func draw() -> String {
    (0..<16).map { _ in
      let byte = String(UInt8.random(in: 0...255), radix: 16)
      return byte.count == 1 ? "0" + byte : byte
    }.joined()
  }
}
