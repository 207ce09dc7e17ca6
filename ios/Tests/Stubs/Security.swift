@_exported import AppleTypes

public final class SecTrust {}
public final class SecCertificate {}
public let (kSecClass, kSecClassGenericPassword, kSecAttrService, kSecAttrAccount):
  (CFString, CFString, CFString, CFString) = ("", "", "", "")
public let (kSecAttrAccessGroup, kSecValueData, kSecReturnData): (CFString, CFString, CFString) = ("", "", "")
public let (kSecMatchLimit, kSecMatchLimitOne, kSecAttrAccessible): (CFString, CFString, CFString) = ("", "", "")
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = ""
public let errSecSuccess: OSStatus = 0
public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
  fatalError()
}
@discardableResult public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?)
  -> OSStatus
{ fatalError() }
@discardableResult public func SecItemDelete(_ query: CFDictionary) -> OSStatus { fatalError() }
public func SecCertificateCreateWithData(_ allocator: Any?, _ data: CFData) -> SecCertificate? { fatalError() }
@discardableResult public func SecTrustSetAnchorCertificates(_ trust: SecTrust, _ anchors: CFArray?) -> OSStatus {
  fatalError()
}
@discardableResult public func SecTrustSetAnchorCertificatesOnly(_ trust: SecTrust, _ only: Bool) -> OSStatus {
  fatalError()
}
public func SecTrustEvaluateWithError(_ trust: SecTrust, _ error: UnsafeMutablePointer<Any?>?) -> Bool { fatalError() }
extension URLProtectionSpace {
  public var serverTrust: SecTrust? { fatalError() }
}
extension URLCredential {
  public convenience init(trust: SecTrust) { fatalError() }
}
