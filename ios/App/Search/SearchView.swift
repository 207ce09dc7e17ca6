import FindThisFitKit
import PhotosUI
import SwiftUI

/// Where a search begins: camera, photo library, pasteboard, a drop, or words. Earlier searches are below.
struct SearchView: View {
  let services: Services
  @Environment(AppSession.self) private var session
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
        // Before the server has said what this person may do, everything is shown.
        if session.capabilities?.canSearch != false {
          photo
          words
        } else {
          NoSearchView()
        }
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
    .task(id: photoToAskAbout) {
      if photoToAskAbout != nil { await model.findGarments(with: services.client) }
    }
    .sheet(isPresented: $showsCrop) { CropView(model: model) }
    .fullScreenCover(isPresented: $showsCamera) {
      CameraView { photo in
        showsCamera = false
        if let photo { model.choose(photo) }
      }
      .ignoresSafeArea()
    }
  }

  /// The number of the photo whose garments the server finds. Nil: it finds none, or there is no photo.
  private var photoToAskAbout: Int? {
    session.capabilities?.canDetect == true && model.original != nil ? model.photoNumber : nil
  }

  @ViewBuilder private var photo: some View {
    if model.original != nil {
      ChosenPhoto(model: model, showsCrop: $showsCrop)
    } else {
      sources
    }
    if model.isNoPhoto {
      Label("This file cannot be read as a photo.", systemImage: "exclamationmark.triangle")
        .foregroundStyle(Color("Bad"))
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
