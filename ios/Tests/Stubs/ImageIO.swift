@_exported import CoreGraphics

public final class CGImageSource {}
public final class CGImageDestination {}
public let (kCGImagePropertyPixelWidth, kCGImagePropertyPixelHeight): (CFString, CFString) = ("", "")
public let (kCGImagePropertyOrientation, kCGImagePropertyGPSDictionary): (CFString, CFString) = ("", "")
public let kCGImageDestinationLossyCompressionQuality: CFString = ""
public func CGImageSourceCreateWithData(_ data: CFData, _ options: CFDictionary?) -> CGImageSource? { fatalError() }
public func CGImageSourceCopyPropertiesAtIndex(_ source: CGImageSource, _ index: Int, _ options: CFDictionary?)
  -> CFDictionary?
{ fatalError() }
public func CGImageSourceCreateImageAtIndex(_ source: CGImageSource, _ index: Int, _ options: CFDictionary?) -> CGImage?
{ fatalError() }
public func CGImageDestinationCreateWithData(
  _ data: CFMutableData, _ type: CFString, _ count: Int, _ options: CFDictionary?
) -> CGImageDestination? { fatalError() }
public func CGImageDestinationAddImage(_ destination: CGImageDestination, _ image: CGImage, _ properties: CFDictionary?)
{ fatalError() }
public func CGImageDestinationFinalize(_ destination: CGImageDestination) -> Bool { fatalError() }
