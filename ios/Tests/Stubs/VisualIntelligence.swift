import AppIntents
@_exported import AppleTypes
import VideoToolbox

public struct SemanticContentDescriptor: Sendable {
  public var labels: [String] { fatalError() }
  public var pixelBuffer: CVReadOnlyPixelBuffer? { fatalError() }
}
extension IntentParameter where Value == SemanticContentDescriptor {
  public convenience init(title: LocalizedStringResource) { fatalError() }
}
