import SwiftUI
import VisionKit

/// Reads a QR code with the camera. `found` gets the text of the first one.
struct ScanView: UIViewControllerRepresentable {
  let found: @MainActor (String) -> Void

  @MainActor static var isAvailable: Bool {
    DataScannerViewController.isSupported && DataScannerViewController.isAvailable
  }

  func makeUIViewController(context: Context) -> DataScannerViewController {
    let scanner = DataScannerViewController(
      recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
    scanner.delegate = context.coordinator
    return scanner
  }

  func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {
    try? scanner.startScanning()  // without the camera the page stays empty and can be closed
  }

  func makeCoordinator() -> Coordinator { Coordinator(found: found) }

  @MainActor
  final class Coordinator: NSObject, DataScannerViewControllerDelegate {
    private let found: @MainActor (String) -> Void
    private var isDone = false

    init(found: @escaping @MainActor (String) -> Void) { self.found = found }

    func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem]) {
      for case .barcode(let code) in added {
        guard !isDone, let text = code.payloadStringValue else { continue }
        isDone = true
        scanner.stopScanning()
        found(text)
      }
    }
  }
}
