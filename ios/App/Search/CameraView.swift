import SwiftUI
import UIKit

/// The system's camera. `taken` gets the JPEG file of the photo, or nil when nothing was taken.
struct CameraView: UIViewControllerRepresentable {
  let taken: @MainActor (Data?) -> Void

  @MainActor static var isAvailable: Bool { UIImagePickerController.isSourceTypeAvailable(.camera) }

  func makeUIViewController(context: Context) -> UIImagePickerController {
    let camera = UIImagePickerController()
    camera.sourceType = .camera
    camera.delegate = context.coordinator
    return camera
  }

  func updateUIViewController(_ camera: UIImagePickerController, context: Context) {}

  func makeCoordinator() -> Coordinator { Coordinator(taken: taken) }

  @MainActor
  final class Coordinator: NSObject, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
    private let taken: @MainActor (Data?) -> Void

    init(taken: @escaping @MainActor (Data?) -> Void) { self.taken = taken }

    func imagePickerController(
      _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
    ) {
      taken((info[.originalImage] as? UIImage)?.jpegData(compressionQuality: 0.95))
    }

    func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { taken(nil) }
  }
}
