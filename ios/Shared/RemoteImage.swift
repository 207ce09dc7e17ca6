import FindThisFitKit
import SwiftUI
import UIKit

/// An image of the server, from the device's cache where it is there.
struct RemoteImage: View {
  let reference: String?
  @Environment(AppSession.self) private var session
  @State private var image: UIImage?

  var body: some View {
    ZStack {
      Color("Sunk")
      if let image {
        Image(uiImage: image).resizable().scaledToFill()
      }
    }
    .task(id: reference) { await load() }
  }

  private func load() async {
    guard let reference, let services = session.services else {
      image = nil
      return
    }
    let data = try? await services.images.image(reference, of: services.client)
    image = data.flatMap { UIImage(data: $0) }
  }
}
