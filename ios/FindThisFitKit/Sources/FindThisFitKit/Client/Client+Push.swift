import Foundation

extension Client {
  public func notificationSettings() async throws -> NotificationSettings {
    try await call(.get("/api/v1/notifications"))
  }

  /// Has push messages sent to this device. Adding it again changes nothing.
  public func addDevice(_ token: DeviceToken) async throws -> PushDevice {
    try await call(
      .send("POST", "/api/v1/notifications/devices", PushDeviceWrite(token: token.text), isRepeatable: true))
  }

  /// Ends push messages to a device. It has succeeded, too, when the device is gone already.
  public func removeDevice(_ id: String) async throws {
    do {
      try await answer(to: .delete("/api/v1/notifications/devices/\(id)"))
    } catch let error as ClientError where error.status == 404 {
    }
  }
}
