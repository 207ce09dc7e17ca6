import Foundation

/// How the alerts of a signed-in user are delivered.
public struct NotificationSettings: Codable, Hashable, Sendable {
  public let mailPossible: Bool  // whether the server sends mail
  public let apnsTopic: String?  // the app whose devices the server reaches; nil: none, also on older servers
}

/// A device that the server sends push messages to.
public struct PushDevice: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let createdAt: Date
}

/// The token that Apple's push service has given this device for the app.
public struct DeviceToken: Hashable, Sendable {
  public let text: String  // hexadecimal digits

  public init(_ data: Data) {
    text = data.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

struct PushDeviceWrite: Encodable, Sendable {
  let token: String
}
