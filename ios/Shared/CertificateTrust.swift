import FindThisFitKit
import Foundation
import Security

/// Trusts the system's certificate authorities and those of the server's owner.
struct CertificateTrust: ServerTrust {
  let authorities: [Data]  // DER

  func decide(_ challenge: URLAuthenticationChallenge) -> (URLSession.AuthChallengeDisposition, URLCredential?) {
    // Only a challenge about the server's certificate has a trust.
    guard let trust = challenge.protectionSpace.serverTrust else { return (.performDefaultHandling, nil) }
    let certificates = authorities.compactMap { SecCertificateCreateWithData(nil, $0 as CFData) }
    SecTrustSetAnchorCertificates(trust, certificates as CFArray)
    SecTrustSetAnchorCertificatesOnly(trust, false)
    return SecTrustEvaluateWithError(trust, nil)
      ? (.useCredential, URLCredential(trust: trust)) : (.cancelAuthenticationChallenge, nil)
  }
}
