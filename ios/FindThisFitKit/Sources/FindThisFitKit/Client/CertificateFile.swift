import Foundation

/// The file of a certificate authority.
public enum CertificateFile {
  private static let begin = "-----BEGIN CERTIFICATE-----"
  private static let end = "-----END CERTIFICATE-----"

  /// The first certificate of a file, as DER. Nil: a text (PEM) without one.
  public static func der(_ file: Data) -> Data? {
    guard let text = String(data: file, encoding: .utf8) else { return file }
    guard let start = text.range(of: begin), let stop = text.range(of: end, range: start.upperBound..<text.endIndex)
    else { return nil }
    let lines = text[start.upperBound..<stop.lowerBound].split(whereSeparator: \.isWhitespace)
    return Data(base64Encoded: lines.joined()).flatMap { $0.isEmpty ? nil : $0 }
  }
}
