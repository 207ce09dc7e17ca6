import CoreTransferable
import Foundation
import UniformTypeIdentifiers

/// The file of a photo from the library, the pasteboard, or a drop.
struct PhotoFile: Transferable {
  let data: Data

  static var transferRepresentation: some TransferRepresentation {
    DataRepresentation(importedContentType: .image) { PhotoFile(data: $0) }
  }
}
