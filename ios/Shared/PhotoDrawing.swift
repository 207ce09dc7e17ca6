import CoreGraphics
import FindThisFitKit
import Foundation
import ImageIO
import UniformTypeIdentifiers

/// Reads and draws photos with ImageIO and Core Graphics. Nothing of a photo's metadata gets into what is drawn.
struct PhotoDrawing: PhotoRenderer {
  func info(of data: Data) -> PhotoInfo? {
    guard let source = CGImageSourceCreateWithData(data as CFData, nil),
      let found = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as? [String: Any],
      let width = found[kCGImagePropertyPixelWidth as String] as? Int,
      let height = found[kCGImagePropertyPixelHeight as String] as? Int, width > 0, height > 0
    else { return nil }
    let orientation = (found[kCGImagePropertyOrientation as String] as? Int).flatMap(PhotoOrientation.init) ?? .up
    return PhotoInfo(
      stored: PixelSize(width: width, height: height), orientation: orientation,
      hasPlace: found[kCGImagePropertyGPSDictionary as String] != nil)
  }

  func draw(_ data: Data, crop: PixelBox, orientation: PhotoOrientation, size: PixelSize, quality: Double) -> Data? {
    guard let source = CGImageSourceCreateWithData(data as CFData, nil),
      let whole = CGImageSourceCreateImageAtIndex(source, 0, nil),
      let part = whole.cropping(
        to: CGRect(x: crop.x, y: crop.y, width: crop.size.width, height: crop.size.height)),
      let context = CGContext(
        data: nil, width: size.width, height: size.height, bitsPerComponent: 8, bytesPerRow: 0,
        space: CGColorSpaceCreateDeviceRGB(), bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
    else { return nil }
    let seen = CGRect(x: 0, y: 0, width: size.width, height: size.height)
    // Transparent pixels become white, as on the server.
    context.setFillColor(CGColor(red: 1, green: 1, blue: 1, alpha: 1))
    context.fill(seen)
    context.interpolationQuality = .high
    let turn = orientation.turn(to: size)
    context.concatenate(CGAffineTransform(a: turn.a, b: turn.b, c: turn.c, d: turn.d, tx: turn.tx, ty: turn.ty))
    let stored = orientation.seen(size)  // before it is turned: turning twice swaps the sides twice
    context.draw(part, in: CGRect(x: 0, y: 0, width: stored.width, height: stored.height))
    return context.makeImage().flatMap { jpeg($0, quality) }
  }

  private func jpeg(_ image: CGImage, _ quality: Double) -> Data? {
    let data = NSMutableData()
    let type = UTType.jpeg.identifier as CFString
    guard let file = CGImageDestinationCreateWithData(data as CFMutableData, type, 1, nil) else {
      return nil
    }
    let options = [kCGImageDestinationLossyCompressionQuality as String: quality]
    CGImageDestinationAddImage(file, image, options as CFDictionary)
    return CGImageDestinationFinalize(file) ? Data(referencing: data) : nil
  }
}
