import FindThisFitKit
import Foundation
import Security

/// Credentials in the Keychain, shared with the extensions, on this device only.
struct Keychain: CredentialStore {
  private static let service = "org.findthisfit.app"

  func credential(for server: ServerAddress) -> Credential? {
    var query = query(server)
    query[kSecReturnData as String] = true
    query[kSecMatchLimit as String] = kSecMatchLimitOne
    var found: CFTypeRef?
    guard SecItemCopyMatching(query as CFDictionary, &found) == errSecSuccess, let data = found as? Data else {
      return nil
    }
    return try? JSONDecoder().decode(Credential.self, from: data)
  }

  func keep(_ credential: Credential?, for server: ServerAddress) {
    SecItemDelete(query(server) as CFDictionary)
    guard let data = credential.flatMap({ try? JSONEncoder().encode($0) }) else { return }
    var item = query(server)
    item[kSecValueData as String] = data
    item[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
    SecItemAdd(item as CFDictionary, nil)
  }

  private func query(_ server: ServerAddress) -> [String: Any] {
    [
      kSecClass as String: kSecClassGenericPassword,
      kSecAttrService as String: Keychain.service,
      kSecAttrAccount as String: server.text,
      kSecAttrAccessGroup as String: AppGroup.identifier,
    ]
  }
}
