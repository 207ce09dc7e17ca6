import FindThisFitKit
import SwiftUI

/// The chosen photo with the garments in it, and what can be done with it.
struct ChosenPhoto: View {
  let model: SearchModel
  @Binding var showsCrop: Bool

  var body: some View {
    VStack(alignment: .leading) {
      if let data = model.original, let image = UIImage(data: data) {
        Image(uiImage: image)
          .resizable()
          .scaledToFit()
          .clipShape(RoundedRectangle(cornerRadius: 16))
          .accessibilityLabel(Text("Your photo"))
          .overlay { GeometryReader { space in boxes(space.size) } }
          .leftIsLeft()
          .frame(maxHeight: 320)
      }
      if model.isDetecting { ProgressView { Text("Looking for garments") } }
      GarmentRow(garments: model.garments, choice: model.choice) { model.choose($0) }
      HStack {
        Button("Crop to one garment") { showsCrop = true }
        Button("Remove the photo", role: .destructive) { model.removePhoto() }
      }
      .buttonStyle(.bordered)
    }
  }

  @ViewBuilder private func boxes(_ size: CGSize) -> some View {
    GarmentBoxes(garments: model.garments, choice: model.choice, size: size) { model.choose($0) }
    if !model.choice.isWhole { ChosenPart(box: model.choice.box, size: size) }
  }
}

/// What is shown where this person may not search: a way to sign in, if there is one.
struct NoSearchView: View {
  @Environment(AppSession.self) private var session
  @State private var showsSignIn = false

  var body: some View {
    ContentUnavailableView {
      Label(ErrorMessage.signIn.text, systemImage: "person.crop.circle")
    } actions: {
      if session.capabilities?.canSignIn == true { Button("Sign in") { showsSignIn = true } }
    }
    .sheet(isPresented: $showsSignIn) { SignInView() }
  }
}
