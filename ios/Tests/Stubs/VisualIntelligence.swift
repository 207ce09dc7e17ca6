@_exported import AppleTypes
import VideoToolbox

public struct SemanticContentDescriptor: Sendable {
  public var labels: [String] { fatalError() }
  public var pixelBuffer: CVReadOnlyPixelBuffer? { fatalError() }
}
