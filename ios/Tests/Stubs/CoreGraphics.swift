@_exported import AppleTypes

public struct CGAffineTransform: Sendable {
  public init(a: CGFloat, b: CGFloat, c: CGFloat, d: CGFloat, tx: CGFloat, ty: CGFloat) { fatalError() }
}
public final class CGColorSpace {}
public func CGColorSpaceCreateDeviceRGB() -> CGColorSpace { fatalError() }
public final class CGColor {
  public init(red: CGFloat, green: CGFloat, blue: CGFloat, alpha: CGFloat) {}
}
public enum CGImageAlphaInfo: UInt32 { case none, premultipliedLast, premultipliedFirst, last, first, noneSkipLast }
public enum CGInterpolationQuality: Int32 { case `default`, none, low, high, medium }
public final class CGImage {
  public func cropping(to rect: CGRect) -> CGImage? { fatalError() }
}
public final class CGContext {
  public init?(
    data: UnsafeMutableRawPointer?, width: Int, height: Int, bitsPerComponent: Int, bytesPerRow: Int,
    space: CGColorSpace, bitmapInfo: UInt32
  ) {}
  public var interpolationQuality: CGInterpolationQuality {
    get { fatalError() }
    set {}
  }
  public func setFillColor(_ color: CGColor) {}
  public func fill(_ rect: CGRect) {}
  public func concatenate(_ transform: CGAffineTransform) {}
  public enum Tiling { case none }
  public func draw(_ image: CGImage, in rect: CGRect, byTiling: Bool = false) {}
  public func makeImage() -> CGImage? { fatalError() }
}
