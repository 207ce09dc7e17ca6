@_exported import UIKit

public enum VNBarcodeSymbology: Sendable { case qr }
public enum RecognizedItem {
  public struct Barcode { public var payloadStringValue: String? { fatalError() } }
  public struct Text {}
  case text(Text)
  case barcode(Barcode)
}
@MainActor public protocol DataScannerViewControllerDelegate: AnyObject {
  func dataScanner(
    _ dataScanner: DataScannerViewController, didAdd addedItems: [RecognizedItem], allItems: [RecognizedItem])
}
@MainActor open class DataScannerViewController: UIViewController {
  public struct RecognizedDataType: Hashable {
    public static func barcode(symbologies: [VNBarcodeSymbology] = []) -> RecognizedDataType { fatalError() }
  }
  public static var isSupported: Bool { fatalError() }
  public static var isAvailable: Bool { fatalError() }
  public init(recognizedDataTypes: Set<RecognizedDataType>, isHighlightingEnabled: Bool = false) { fatalError() }
  public weak var delegate: (any DataScannerViewControllerDelegate)? {
    get { fatalError() }
    set {}
  }
  public func startScanning() throws {}
  public func stopScanning() {}
}
