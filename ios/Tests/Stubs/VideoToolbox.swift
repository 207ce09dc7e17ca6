@_exported import CoreGraphics

public final class CVPixelBuffer {}
public final class CVReadOnlyPixelBuffer: @unchecked Sendable {
  public func withUnsafeBuffer<R>(_ body: (CVPixelBuffer) throws -> R) rethrows -> R { fatalError() }
}
public func VTCreateCGImageFromCVPixelBuffer(
  _ pixelBuffer: CVPixelBuffer, options: CFDictionary?, imageOut: UnsafeMutablePointer<CGImage?>
) -> OSStatus { fatalError() }
