import FindThisFitKit
import PhotosUI
import SwiftUI

/// Where a search begins: camera, photo library, pasteboard, a drop, or words. Earlier searches are below.
struct SearchView: View {
  let services: Services
  @Environment(Navigation.self) private var navigation
  @State private var model: SearchModel
  @State private var picked: PhotosPickerItem?
  @State private var showsCamera = false
  @State private var showsCrop = false

  init(services: Services) {
    self.services = services
    _model = State(initialValue: SearchModel(preparation: services.photos, searches: services.recents))
  }

  var body: some View {
    ScrollView {
      VStack(alignment: .leading, spacing: 20) {
        if model.original != nil {
          ChosenPhoto(model: model, showsCrop: $showsCrop)
        } else {
          sources
        }
        if model.isNoPhoto {
          Label("This file cannot be read as a photo.", systemImage: "exclamationmark.triangle")
            .foregroundStyle(Color("Bad"))
        }
        words
        RecentsSection(model: model)
      }
      .padding()
    }
    .background(Color("Ground"))
    .navigationTitle("Find This Fit")
    .dropDestination(for: PhotoFile.self) { files, _ in
      if let file = files.first { model.choose(file.data) }
      return !files.isEmpty
    }
    .task { await model.loadRecents() }
    .task(id: picked) { await takePicked() }
    .sheet(isPresented: $showsCrop) { CropView(model: model) }
    .fullScreenCover(isPresented: $showsCamera) {
      CameraView { photo in
        showsCamera = false
        if let photo { model.choose(photo) }
      }
      .ignoresSafeArea()
    }
  }

  private var sources: some View {
    VStack(spacing: 12) {
      if CameraView.isAvailable {
        Button {
          showsCamera = true
        } label: {
          Label("Take a photo", systemImage: "camera").frame(maxWidth: .infinity)
        }
        .buttonStyle(.borderedProminent)
      }
      PhotosPicker(selection: $picked, matching: .images) {
        Label("Choose a photo", systemImage: "photo.on.rectangle").frame(maxWidth: .infinity)
      }
      .buttonStyle(.bordered)
      PasteButton(payloadType: PhotoFile.self) { files in
        if let file = files.first { model.choose(file.data) }
      }
    }
    .controlSize(.large)
  }

  private var words: some View {
    HStack {
      TextField("Describe it: navy wool coat under $80", text: $model.words)
        .textFieldStyle(.roundedBorder)
        .submitLabel(.search)
        .onSubmit { Task { await search() } }
      Button("Search") { Task { await search() } }
        .buttonStyle(.borderedProminent)
        .disabled(!model.canSearch || model.isPreparing)
    }
  }

  private func search() async {
    if let query = await model.makeQuery() { navigation.show(.results(query)) }
  }

  private func takePicked() async {
    guard let picked else { return }
    if let file = try? await picked.loadTransferable(type: PhotoFile.self) { model.choose(file.data) }
    self.picked = nil
  }
}

/// The chosen photo with what can be done with it.
private struct ChosenPhoto: View {
  let model: SearchModel
  @Binding var showsCrop: Bool

  var body: some View {
    VStack(alignment: .leading) {
      if let data = model.original, let image = UIImage(data: data) {
        Image(uiImage: image)
          .resizable()
          .scaledToFit()
          .frame(maxHeight: 320)
          .clipShape(RoundedRectangle(cornerRadius: 16))
          .accessibilityLabel(Text("Your photo"))
      }
      HStack {
        Button("Crop to one garment") { showsCrop = true }
        Button("Remove the photo", role: .destructive) { model.removePhoto() }
      }
      .buttonStyle(.bordered)
    }
  }
}
