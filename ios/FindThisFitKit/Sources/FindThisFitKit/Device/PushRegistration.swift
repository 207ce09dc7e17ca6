import Foundation

/// Whether a server sends the alerts of this device by Apple's push service.
public actor PushRegistration {
  private struct Kept: Codable, Sendable {
    var server: ServerAddress
    var device: String
  }

  private let file: JSONFile<Kept>

  public init(folder: URL) { file = JSONFile(url: folder.appending(path: "push-registration.json")) }

  public func isRegistered(with server: ServerAddress) -> Bool { file.read()?.server == server }

  /// Tells the server of this device's token, which the system gives at each start. Throws `ClientError`.
  public func register(_ token: DeviceToken, with client: Client) async throws {
    let device = try await client.addDevice(token)
    try file.write(Kept(server: client.server, device: device.id))
  }

  /// Ends the messages to this device, as far as the server can be reached. It has to be called while the user is signed
  /// in. A message that comes nevertheless is one that the app knows no item of.
  public func end(with client: Client) async {
    if let kept = file.read(), kept.server == client.server { try? await client.removeDevice(kept.device) }
    file.remove()
  }
}
