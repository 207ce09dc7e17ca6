import FindThisFitKit
import SwiftUI
import UIKit
import UniformTypeIdentifiers

/// The share extension: look-alikes of a photo that another app shares, without leaving that app.
final class ShareViewController: UIViewController {
  override func viewDidLoad() {
    super.viewDidLoad()
    let providers = (extensionContext?.inputItems ?? []).compactMap { $0 as? NSExtensionItem }
      .flatMap { $0.attachments ?? [] }
    let provider = providers.first { $0.hasItemConformingToTypeIdentifier(UTType.image.identifier) }
    let page = UIHostingController(
      rootView: ShareView(provider: provider) { [weak self] in
        self?.extensionContext?.completeRequest(returningItems: nil, completionHandler: nil)
      })
    addChild(page)
    page.view.frame = view.bounds
    page.view.autoresizingMask = [.flexibleWidth, .flexibleHeight]
    view.addSubview(page.view)
    page.didMove(toParent: self)
  }
}

/// The results for a shared photo. The search is among the recent ones when the app is opened.
struct ShareView: View {
  let provider: NSItemProvider?
  let close: @MainActor () -> Void
  @State private var session = AppSession()
  @State private var model: ResultsModel?
  @State private var problem: String?

  var body: some View {
    NavigationStack {
      ScrollView {
        if let problem { ContentUnavailableView(problem, systemImage: "exclamationmark.triangle") }
        if let model {
          if case .loading = model.state { ProgressView().padding() }
          if case .failed(let message) = model.state { Text(message.text).padding() }
          LazyVGrid(columns: cardColumns, spacing: 20) {
            ForEach(model.results) { result in
              ResultCard(result: result, match: model.match(of: result))
                .contextMenu {
                  Button("Save") { Task { await session.saved?.toggle(result) } }
                }
            }
          }
          .padding()
        }
      }
      .navigationTitle("Look-alikes")
      .toolbar {
        ToolbarItem(placement: .confirmationAction) { Button("Done") { close() } }
      }
    }
    .environment(session)
    .task { await search() }
  }

  private func search() async {
    guard let services = session.services else {
      problem = String(localized: "Open Find This Fit and choose your server first.")
      return
    }
    guard let data = await provider?.photo(), let photo = services.photos.photo(data) else {
      problem = String(localized: "This file cannot be read as a photo.")
      return
    }
    let model = ResultsModel(client: services.client, recents: services.recents)
    self.model = model
    await model.show(services.query(photo))
  }
}

extension NSItemProvider {
  /// The file of the shared image.
  @MainActor fileprivate func photo() async -> Data? {
    await withCheckedContinuation { continuation in
      _ = loadDataRepresentation(forTypeIdentifier: UTType.image.identifier) { data, _ in
        continuation.resume(returning: data)
      }
    }
  }
}
