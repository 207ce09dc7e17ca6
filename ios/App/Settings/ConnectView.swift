import FindThisFitKit
import SwiftUI
import UniformTypeIdentifiers

/// Where the server is chosen: by the QR code of the web app's page "Account", or by its address.
struct ConnectView: View {
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation
  @State private var address = ""
  @State private var tenant = ""
  @State private var headerName = ""
  @State private var headerValue = ""
  @State private var certificate: Data?
  @State private var isNoAddress = false
  @State private var showsScanner = false
  @State private var showsFiles = false

  var body: some View {
    Form {
      Section {
        if ScanView.isAvailable {
          Button {
            showsScanner = true
          } label: {
            Label("Scan the QR code", systemImage: "qrcode.viewfinder")
          }
        }
      } footer: {
        Text("The web app shows it on the page “Account” when you are signed in.")
      }
      Section("Address of the server") {
        TextField("fit.example.com", text: $address)
          .keyboardType(.URL)
          .textInputAutocapitalization(.never)
          .autocorrectionDisabled()
        if isNoAddress { Text("This is no address of a server.").foregroundStyle(Color("Bad")) }
      }
      DisclosureGroup("Behind a proxy") {
        TextField("Catalogue", text: $tenant).textInputAutocapitalization(.never)
        TextField("Header", text: $headerName).textInputAutocapitalization(.never)
        SecureField("Value of the header", text: $headerValue)
        Button {
          showsFiles = true
        } label: {
          Label(
            certificate == nil ? "Add a certificate authority" : "Certificate authority added",
            systemImage: "lock.shield")
        }
      }
      Button("Connect") { Task { await connect() } }.disabled(address.isEmpty)
    }
    .navigationTitle("Your server")
    .sheet(isPresented: $showsScanner) {
      ScanView { text in
        showsScanner = false
        if let url = URL(string: text), let link = AppLink(url) { Task { await navigation.open(link, session) } }
      }
    }
    .fileImporter(isPresented: $showsFiles, allowedContentTypes: [.x509Certificate]) { chosen in
      certificate = (try? chosen.get().readingSecurely()).flatMap(CertificateFile.der)
    }
  }

  private func connect() async {
    guard let server = ServerAddress(address) else {
      isNoAddress = true
      return
    }
    isNoAddress = false
    var settings = ServerSettings(server: server)
    settings.tenant = tenant.isEmpty ? nil : tenant
    if !headerName.isEmpty { settings.headers[headerName] = headerValue }
    settings.certificates = [certificate].compactMap { $0 }
    await session.connect(settings)
  }
}

extension URL {
  /// The content of a file that somebody has chosen outside the app's folders.
  fileprivate func readingSecurely() throws -> Data {
    let isScoped = startAccessingSecurityScopedResource()
    defer { if isScoped { stopAccessingSecurityScopedResource() } }
    return try Data(contentsOf: self)
  }
}
